// What verbs can do to a call, and the small things that several of them need.

import { FRAME_MS } from '../../audio/pcm.ts';
import type { Scheduler } from '../../call/scheduler.ts';
import type { VobizBehaviour } from '../behaviour.ts';
import type { Member, Participant } from '../line/conference.ts';
import type { VobizRecord } from '../webhook/forms.ts';
import type { Hangup } from '../webhook/hangup.ts';
import type { Recordings } from '../line/recordings.ts';
import type { Stream } from '../stream/stream.ts';
import type { StreamSpec } from '../stream/stream-format.ts';
import type { Form, Target } from '../webhook/webhooks.ts';

/** What keeps the next verb waiting. */
export interface RunningVerb {
  /** Asked every frame: does the verb still hold the call? */
  isRunning(): boolean;
  /** Called once when the call goes elsewhere or is over while the verb holds it. */
  cancel?(hangup: Hangup | undefined): void;
}

/** Why a call is over that was told to go on elsewhere and cannot. */
export interface FailureHangups {
  readonly unreachable: Hangup;
  readonly invalid: Hangup;
}

/** One call, as verbs see it. */
export interface VerbContext {
  readonly scheduler: Scheduler;
  readonly record: Readonly<VobizRecord>;
  readonly recordings: Recordings;
  /** Nothing is being said, and nothing waits to be said. */
  readonly silent: boolean;
  /** For how long the caller has said nothing. */
  readonly callerSilenceMs: number;
  behaviour(): VobizBehaviour;
  /** The caller hears that somebody has answered. Without effect when that was so before. */
  answer(): void;
  speak(text: string): void;
  /** Fetches files and plays them one after the other; what is no WAV is noted and skipped. Tells whether they play. */
  play(urls: readonly string[]): () => boolean;
  stream(spec: StreamSpec): Stream;
  /** The scripted conversation begins, with its callee or without; when it is over the caller hangs up. */
  startScript(withCallee: boolean): void;
  /** Nobody follows the script any more. */
  abandonScript(): void;
  /** Digits go to the person. */
  sendDigits(digits: string): void;
  /** What the person presses; what it gives ends that. */
  onDigit(listener: (digit: string) => void): () => void;
  /** Sits down in a room; undefined when it is full. */
  joinRoom(
    name: string,
    participant: Pick<Participant, 'stayAlone' | 'endsRoom' | 'onLeft'>,
    muted: boolean,
  ): Member | undefined;
  /** The fields that most webhooks about the call begin with. */
  commonForm(event: string): Record<string, string>;
  notify(target: Target | undefined, form: Form): void;
  /** Asks, and gives the elements that came back, if any did. */
  requestXml(
    target: Target,
    form: Form,
  ): Promise<readonly { readonly name: string; readonly text: string }[]>;
  /** Goes on with the XML that a URL gives. */
  continueWith(target: Target | undefined, form: Form, failures: FailureHangups): RunningVerb;
  hangUp(hangup: Hangup): void;
  note(text: string): void;
}

/** A hold without an end of its own. */
export function runWhile(isRunning: () => boolean): RunningVerb {
  return { isRunning };
}

/** Holds for so long. */
export function runFor(ms: number): RunningVerb {
  let leftMs = ms;
  return runWhile(() => {
    leftMs -= FRAME_MS;
    return leftMs > 0;
  });
}

/** Begins something as often as `loop` says, 0 being for ever, and holds until the last of it is over. */
export function runLoop(loop: string | undefined, start: () => () => boolean): RunningVerb {
  const times = Math.trunc(Number(loop ?? 1));
  let left = times === 0 ? Infinity : times > 0 ? times : 1;
  let isPlaying = start();
  return runWhile(() => {
    if (isPlaying()) return true;
    left -= 1;
    if (left <= 0) return false;
    isPlaying = start();
    return true;
  });
}

/** A number of seconds in milliseconds; what is no such number is the default. */
export function secondsToMs(seconds: string | undefined, otherwise: number): number {
  const value = Number(seconds);
  return (seconds !== undefined && value > 0 ? value : otherwise) * 1000;
}

/** A truth value of an attribute. */
export function isTrue(text: string | undefined, otherwise = false): boolean {
  return text === undefined ? otherwise : text === 'true';
}
