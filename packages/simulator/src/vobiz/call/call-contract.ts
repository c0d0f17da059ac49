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

/** The default time limit of a call. */
export const DEFAULT_TIME_LIMIT_S = 14_400;

/** The dependencies of a call. */
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

/** Options of a recording that REST starts. */
interface RecordOptions {
  readonly format: 'mp3' | 'wav';
  readonly timeLimitS: number;
  readonly callback: Target | undefined;
}

/** A call of the simulated Vobiz. Methods have no effect on an ended call. */
export interface VobizCall extends SimulatedCall {
  readonly record: Readonly<VobizRecord>;
  readonly streams: readonly Stream[];
  readonly behaviour: VobizBehaviour;
  /** Whether the application has not answered yet. */
  readonly queued: boolean;
  /** Changes the behaviour immediately. @throws {RangeError} for an unknown option */
  setBehaviour(changes: object): void;
  /** Speaks to one leg or both. Returns false when too many sentences are queued. */
  speak(text: string, legs: string): boolean;
  stopSpeaking(): void;
  play(urls: readonly string[], legs: string): void;
  stopPlaying(): void;
  sendDigits(digits: string): void;
  startRecording(options: RecordOptions): Recording | undefined;
  stopRecording(url: string | undefined): void;
  startStream(spec: StreamSpec): Stream;
  /** Continues with the XML of `aleg`. Without it, the bridge ends. */
  transfer(aleg: Target | undefined, bleg: Target | undefined): void;
  hangUpByApi(): void;
  /** Ends the call after an invalid REST request, as if its XML had ended. */
  hangUpEndOfXml(): void;
  /** The person presses digits. */
  press(digits: string): void;
  tone(tone: Tone): void;
  /** Returns the audio that the person received in the last ten seconds: 16-bit little-endian at 8 kHz. */
  heard(): Buffer;
  /** Stops immediately and sends nothing more. */
  close(): void;
}
