import type { VerbContext } from '../verbs/verb-context.ts';
import { HANGUPS } from '../webhook/hangup.ts';
import { addNote } from './call-parts.ts';
import type { VobizCallParts } from './call-parts.ts';
import { continueWith, requestVerbs } from './instructions.ts';
import { answer, hangUp } from './lifecycle.ts';
import { abandonScript, addStream, sendDigits, speak, startScript } from './line-operations.ts';

/** Returns what verbs can do to a call. */
export function createVerbContext(call: VobizCallParts): VerbContext {
  const { conversation, line, player, webhooks } = call;
  return {
    scheduler: call.scheduler,
    record: call.record,
    recordings: call.recordings,
    behaviour: () => call.behaviour,
    get silent() {
      return conversation.idle;
    },
    get callerSilenceMs() {
      return line.silenceMs;
    },
    answer: () => answer(call),
    speak: (text) => void speak(call, text),
    play: (urls) => player.play(urls),
    stream(spec) {
      const stream = addStream(call, spec);
      call.xmlStreams.add(stream);
      return stream;
    },
    startScript: (withCallee) => startScript(call, withCallee),
    abandonScript: () => abandonScript(call),
    sendDigits: (digits) => sendDigits(call, digits),
    onDigit(listener) {
      call.digitListeners.add(listener);
      return () => call.digitListeners.delete(listener);
    },
    joinRoom(name, participant, muted) {
      call.member = call.deps.rooms.join(
        name,
        {
          ...participant,
          record: call.record,
          say: (text) => speak(call, text),
          play: (url) => void player.play([url]),
          stopPlaying: () => player.stop(),
          hangUp: () => hangUp(call, HANGUPS.byApi),
          onLeft(member, isLast) {
            call.member = undefined;
            participant.onLeft(member, isLast);
          },
        },
        muted,
      );
      return call.member;
    },
    commonForm: (event) => webhooks.commonForm(event),
    notify: (target, form) => webhooks.notify(target, form),
    requestXml: (target, form) => requestVerbs(call, target, form),
    continueWith: (target, form, failures) => continueWith(call, target, form, failures),
    hangUp: (hangup) => hangUp(call, hangup),
    note: (text) => addNote(call.notes, text),
  };
}
