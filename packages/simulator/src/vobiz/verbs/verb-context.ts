// What verbs can do to a call, and helpers of several verbs.

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

/** A verb that keeps the next one waiting. */
export interface RunningVerb {
  /** Called every frame. Returns false when the next verb can run. */
  isRunning(): boolean;
  /** Called once if the call ends or is transferred while the verb is running. */
  cancel?(hangup: Hangup | undefined): void;
}

/** The hangups of a call whose next XML cannot be requested or is invalid. */
export interface FailureHangups {
  readonly unreachable: Hangup;
  readonly invalid: Hangup;
}

/** One call, from the point of view of verbs. */
export interface VerbContext {
  readonly scheduler: Scheduler;
  readonly record: Readonly<VobizRecord>;
  readonly recordings: Recordings;
  /** Whether no one speaks and no sentence is queued. */
  readonly silent: boolean;
  /** How long the caller has been silent. */
  readonly callerSilenceMs: number;
  behaviour(): VobizBehaviour;
  /** Answers the call. No effect if it is answered. */
  answer(): void;
  speak(text: string): void;
  /** Downloads and plays files one after the other. The returned function reports whether it is still playing. */
  play(urls: readonly string[]): () => boolean;
  stream(spec: StreamSpec): Stream;
  /** Starts the scripted conversation, with or without its callee. The caller hangs up after it. */
  startScript(withCallee: boolean): void;
  /** Stops the scripted conversation. */
  abandonScript(): void;
  /** Sends digits to the person. */
  sendDigits(digits: string): void;
  /** Subscribes to the digits that the person presses. Returns a function that unsubscribes. */
  onDigit(listener: (digit: string) => void): () => void;
  /** Joins a room. Returns undefined if it is full. */
  joinRoom(
    name: string,
    participant: Pick<Participant, 'stayAlone' | 'endsRoom' | 'onLeft'>,
    muted: boolean,
  ): Member | undefined;
  /** Returns the fields that most webhooks about the call have. */
  commonForm(event: string): Record<string, string>;
  notify(target: Target | undefined, form: Form): void;
  /** Requests XML and resolves with its elements; none if it fails. */
  requestXml(
    target: Target,
    form: Form,
  ): Promise<readonly { readonly name: string; readonly text: string }[]>;
  /** Requests XML and continues with it. */
  continueWith(target: Target | undefined, form: Form, failures: FailureHangups): RunningVerb;
  hangUp(hangup: Hangup): void;
  note(text: string): void;
}

/** Returns a verb that runs while a condition holds. */
export function runWhile(isRunning: () => boolean): RunningVerb {
  return { isRunning };
}

/** Returns a verb that runs for a time. */
export function runFor(ms: number): RunningVerb {
  let leftMs = ms;
  return runWhile(() => {
    leftMs -= FRAME_MS;
    return leftMs > 0;
  });
}

/** Returns a verb that starts something `loop` times (0: unlimited) and runs until the last one has ended. */
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

/** Converts seconds to milliseconds; an invalid number gives the default. */
export function secondsToMs(seconds: string | undefined, otherwise: number): number {
  const value = Number(seconds);
  return (seconds !== undefined && value > 0 ? value : otherwise) * 1000;
}

/** Parses a boolean attribute. */
export function isTrue(text: string | undefined, otherwise = false): boolean {
  return text === undefined ? otherwise : text === 'true';
}
