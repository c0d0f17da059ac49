// The implementation of each verb. A verb either lets the next one run immediately, or returns a `RunningVerb`, which
// keeps the next one waiting.

import type { Verb, VerbName } from './answer-xml.ts';
import { HANGUPS } from '../webhook/hangup.ts';
import { decodeStream } from '../stream/stream-format.ts';
import { conference } from './conference.ts';
import { dial } from './dial.ts';
import { runWhile } from './verb-context.ts';
import type { VerbContext, RunningVerb } from './verb-context.ts';
import { gather, record } from './input.ts';
import { dtmf, play, preAnswer, speak, wait } from './sound.ts';
import { targetOf } from '../webhook/webhooks.ts';

const HANGUP_REASONS: Readonly<Record<string, keyof typeof HANGUPS>> = { rejected: 'rejected', busy: 'busy' };

const VERBS: { [Name in VerbName]: (verb: Verb, call: VerbContext) => RunningVerb | undefined } = {
  Speak: speak,
  Play: play,
  Wait: wait,
  DTMF: dtmf,
  PreAnswer: preAnswer,
  Dial: dial,
  Gather: gather,
  Record: record,
  Conference: conference,

  Stream({ attributes, text }, call) {
    const spec = decodeStream(attributes, text);
    if (spec === undefined) {
      call.hangUp(HANGUPS.endOfXml);
      return undefined;
    }
    const stream = call.stream(spec);
    if (!spec.keepCallAlive) return undefined;
    call.answer();
    call.startScript(false);
    return runWhile(() => !stream.ended);
  },

  Hangup({ attributes }, call) {
    const hangup = HANGUPS[HANGUP_REASONS[attributes['reason'] ?? ''] ?? 'byXml'];
    const scheduleMs = Number(attributes['schedule'] ?? 0) * 1000;
    if (scheduleMs > 0) call.scheduler.after(scheduleMs, () => call.hangUp(hangup));
    else call.hangUp(hangup);
    return undefined;
  },

  Redirect: ({ attributes, text }, call) =>
    call.continueWith(targetOf(text, attributes['method']), call.commonForm('Redirect'), {
      unreachable: HANGUPS.redirectUnreachable,
      invalid: HANGUPS.invalidRedirect,
    }),
};

/** Starts a verb. */
export function startVerb(verb: Verb, call: VerbContext): RunningVerb | undefined {
  return VERBS[verb.name](verb, call);
}
