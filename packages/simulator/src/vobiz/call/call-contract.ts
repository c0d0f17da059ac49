// What a call of the fake Vobiz can be told, by REST and by tests, and what it needs to live.

import type { SimulatedCall } from '../../call/call-state.ts';
import type { FrameClock } from '../../call/frame-clock.ts';
import type { Script, SpeechLibrary } from '../../speech/library.ts';
import type { Tone } from '../../call/tone-request.ts';
import type { VobizBehaviour } from '../behaviour.ts';
import type { Rooms } from '../line/conference.ts';
import type { VobizRecord } from '../webhook/forms.ts';
import type { Recording } from '../line/recordings.ts';
import type { SigningKeys } from '../webhook/signature.ts';
import type { Stream } from '../stream/stream.ts';
import type { StreamSpec } from '../stream/stream-format.ts';
import type { Application, Target } from '../webhook/webhooks.ts';

/** The longest that a call lasts when nobody says otherwise. */
export const DEFAULT_TIME_LIMIT_S = 14_400;

/** What a call needs to live. */
export interface VobizCallDeps {
  readonly authId: string;
  readonly direction: 'inbound' | 'outbound';
  readonly from: string;
  readonly to: string;
  readonly timeLimitS?: number;
  readonly script: Script;
  readonly speech: SpeechLibrary;
  readonly clock: FrameClock;
  readonly behaviour: VobizBehaviour;
  readonly application: Application;
  readonly keys: SigningKeys;
  readonly rooms: Rooms;
}

/** How REST wants a call recorded. */
export interface RecordOptions {
  readonly format: 'mp3' | 'wav';
  readonly timeLimitS: number;
  readonly callback: Target | undefined;
}

/** A call of the fake Vobiz. What is said to have no effect has none once the call has ended, too. */
export interface VobizCall extends SimulatedCall {
  readonly record: Readonly<VobizRecord>;
  readonly streams: readonly Stream[];
  readonly behaviour: VobizBehaviour;
  /** The application has not been asked yet what to do. */
  readonly queued: boolean;
  /** Changes dials. Throws a `RangeError` for an unknown one. */
  setBehaviour(changes: object): void;
  /** Speaks to one leg or both; false when too much waits to be said already. */
  speak(text: string, legs: string): boolean;
  stopSpeaking(): void;
  play(urls: readonly string[], legs: string): void;
  stopPlaying(): void;
  sendDigits(digits: string): void;
  startRecording(order: RecordOptions): Recording | undefined;
  stopRecording(url: string | undefined): void;
  startStream(spec: StreamSpec): Stream;
  /** Goes on with the XML that a URL gives; for the other leg, the bridge ends. */
  transfer(aleg: Target | undefined, bleg: Target | undefined): void;
  hangUpByApi(): void;
  /** Something is wrong with what REST asked for, and the call ends as if its XML had ended. */
  hangUpEndOfXml(): void;
  /** The person presses keys. */
  press(digits: string): void;
  tone(tone: Tone): void;
  /** What the person heard in the last ten seconds: 16-bit little-endian at 8 kHz. */
  heard(): Buffer;
  /** Stops at once and silently: the simulator goes away. */
  close(): void;
}
