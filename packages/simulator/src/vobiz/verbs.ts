// What each verb of the XML does to a call. A verb either lets the next one run at once, or gives a hold: a
// question that is asked every frame, and keeps the next verb waiting for as long as its answer is yes.

import type { Agenda } from '../call/agenda.ts';
import { FRAME_MS } from '../audio/pcm.ts';
import type { Verb, VerbName } from './answer-xml.ts';
import { HANGUPS } from './hangup.ts';
import type { Hangup } from './hangup.ts';
import type { Stream } from './stream.ts';
import { decodeStream } from './stream-format.ts';
import type { StreamSpec } from './stream-format.ts';

const DEFAULT_TIME_LIMIT_S = 14_400;
const DEFAULT_WAIT_S = 1;

/** Asked every frame: does the verb still hold the call? */
export type Hold = () => boolean;

/** What verbs can do to a call. */
export interface Executed {
  readonly agenda: Agenda;
  readonly ringMs: number;
  /** Nothing is being said, and nothing waits to be said. */
  readonly silent: boolean;
  /** The caller hears that somebody has answered. Without effect when that was so before. */
  answer(): void;
  speak(text: string): void;
  stream(spec: StreamSpec): Stream;
  /** The scripted conversation begins, with its callee or without; when it is over the caller hangs up. */
  converse(withCallee: boolean): void;
  redirect(url: string): Hold;
  hangUp(hangup: Hangup): void;
}

const passOver = (): undefined => undefined;

const VERBS: { [Name in VerbName]: (verb: Verb, call: Executed) => Hold | undefined } = {
  Speak({ text }, call) {
    call.answer();
    if (text === '') return undefined;
    call.speak(text);
    return () => !call.silent;
  },

  Wait({ attributes }, call) {
    let leftMs = secondsOf(attributes['length'], DEFAULT_WAIT_S) * 1000;
    return () => {
      leftMs -= FRAME_MS;
      if (leftMs <= 0) call.answer();
      return leftMs > 0;
    };
  },

  Stream({ attributes, text }, call) {
    const spec = decodeStream(attributes, text);
    if (spec === undefined) {
      call.hangUp(HANGUPS.endOfXml);
      return undefined;
    }
    const stream = call.stream(spec);
    if (!spec.keepCallAlive) return undefined;
    call.answer();
    call.converse(false);
    return () => !stream.ended;
  },

  Dial({ attributes, text, children }, call) {
    const targets = children.length > 0 ? children.map((child) => child.text) : [text];
    if (targets.every((target) => target === '')) return undefined;
    call.agenda.after(call.ringMs, () => {
      call.answer();
      call.converse(true);
      const limitMs = secondsOf(attributes['timeLimit'], DEFAULT_TIME_LIMIT_S) * 1000;
      call.agenda.after(limitMs, () => call.hangUp(HANGUPS.timeLimit));
    });
    return () => true;
  },

  Hangup({ attributes }, call) {
    const reason = attributes['reason'];
    call.hangUp(reason === 'rejected' ? HANGUPS.rejected : reason === 'busy' ? HANGUPS.busy : HANGUPS.byXml);
    return undefined;
  },

  Redirect: ({ text }, call) => call.redirect(text),

  Conference: passOver,
  DTMF: passOver,
  Gather: passOver,
  Play: passOver,
  PreAnswer: passOver,
  Record: passOver,
};

/** Begins a verb. */
export function execute(verb: Verb, call: Executed): Hold | undefined {
  return VERBS[verb.name](verb, call);
}

function secondsOf(text: string | undefined, otherwise: number): number {
  const seconds = Number(text);
  return text !== undefined && seconds > 0 ? seconds : otherwise;
}
