import type { Verb } from './answer-xml.ts';
import { targetOf } from '../webhook/webhooks.ts';
import { runWhile, isTrue, secondsToMs } from './verb-context.ts';
import type { VerbContext, RunningVerb } from './verb-context.ts';

const DEFAULT_TIME_LIMIT_S = 14_400;

/**
 * `<Conference>`: the person is in a room until they leave, are kicked, or would be alone in it without `stayAlone`.
 * Only the webhooks to `callbackUrl` contain the member id.
 */
export function conference({ attributes, text: name }: Verb, call: VerbContext): RunningVerb | undefined {
  if (name === '') return undefined;
  call.answer();
  const callback = targetOf(attributes['callbackUrl'], attributes['callbackMethod']);
  const stayAlone = isTrue(attributes['stayAlone']);
  const member = call.joinRoom(
    name,
    {
      stayAlone,
      endsRoom: isTrue(attributes['endConferenceOnExit']),
      onLeft({ id, room }, last) {
        call.abandonScript();
        call.notify(callback, {
          Event: 'ConferenceExit',
          ConferenceAction: 'exit',
          ConferenceUUID: room.id,
          ConferenceName: name,
          ConferenceMemberID: id,
          ConferenceLastMember: String(last),
          CallUUID: call.record.id,
        });
      },
    },
    isTrue(attributes['muted']),
  );
  if (member === undefined) {
    call.note(`conference ${name}: full`);
    return undefined;
  }
  call.startScript(false);
  call.notify(callback, {
    ...call.commonForm('ConferenceEnter'),
    ConferenceAction: 'enter',
    ConferenceUUID: member.room.id,
    ConferenceName: name,
    ConferenceMemberID: member.id,
    ConferenceFirstMember: String(member.first),
  });
  if (member.first && stayAlone) void playWaitSound(attributes['waitSound'], name, call);
  call.scheduler.after(secondsToMs(attributes['timeLimit'], DEFAULT_TIME_LIMIT_S), () => member.leave());
  let isNew = true;
  return {
    ...runWhile(() => {
      if (isNew && !stayAlone && member.room.members.length === 1) member.leave();
      isNew = false;
      return member.isPresent;
    }),
    cancel: () => member.leave(),
  };
}

/** Plays the sound for an empty room once. Its URL is always requested by POST. */
async function playWaitSound(url: string | undefined, name: string, call: VerbContext): Promise<void> {
  const target = targetOf(url, 'POST');
  if (target === undefined) return;
  const elements = await call.requestXml(target, {
    Event: 'ConferenceRemoteSounds',
    ConferenceAction: 'waitSound',
    ConferenceName: name,
    ConferenceUUID: '',
    ConferenceMemberID: '',
    CallUUID: call.record.id,
  });
  for (const { name: element, text } of elements) {
    if (element === 'Speak') call.speak(text);
    if (element === 'Play') call.play([text]);
  }
}
