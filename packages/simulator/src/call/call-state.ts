import type { DeliveryCounts } from '../http/webhook-sender.ts';
import type { Speaker } from '../speech/library.ts';

/** Whose fake cloud a call is on. */
export type ProviderName = 'vapi' | 'vobiz';

/** Something that was said into a call from outside. Instants are epoch milliseconds. */
export interface SayState {
  readonly text: string;
  readonly at: number;
  /** When its first sound was heard; null while it waits. */
  readonly startedAt: number | null;
  /** When it was over, also if it was cut off; null before. */
  readonly spokenAt: number | null;
}

/** Something that was heard, as a perfect transcriber would write it down. Spans from the first sound of the call. */
export interface TranscriptEntry {
  readonly speaker: Speaker;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** A command as it came. */
export interface ReceivedCommand {
  readonly at: number;
  readonly body: unknown;
}

/** What the server URL answered to a message that needs an answer. */
export interface Answer {
  readonly type: string;
  readonly at: number;
  /** Null while it is awaited, and when none came. */
  readonly status: number | null;
  readonly body: string;
  readonly ms: number | null;
  readonly outcome: 'awaited' | 'answered' | 'deadline passed' | 'unreachable' | 'no server URL';
}

/** What came up the transport socket of a call, and how it was paced. */
export interface UplinkState {
  readonly frames: number;
  readonly bytes: number;
  readonly audioMs: number;
  /** The longest time between two frames. */
  readonly largestGapMs: number;
  /** How far the audio was ahead of real time at most. */
  readonly aheadMs: number;
  /** How much came while the audio was further ahead of real time than a few frames. */
  readonly bytesFasterThanRealTime: number;
  /** How much was thrown away because it came far too fast. */
  readonly bytesDropped: number;
  /** The root mean square of each second of audio, the last ones. */
  readonly rmsPerSecond: readonly number[];
  /** Text frames that are no command. */
  readonly ignored: number;
  /** How much of the assistant's voice went down. */
  readonly downlinkMs: number;
}

/** A socket that carries a call's audio: a listener (Vapi) or a stream (Vobiz), which has the optional fields. */
export interface StreamState {
  readonly id: string;
  readonly url: string;
  readonly status: 'connecting' | 'open' | 'closed' | 'failed';
  readonly framesSent: number;
  readonly messagesSent?: number;
  readonly bidirectional?: boolean;
  /** How it was closed; null while it is open, and when it never was. */
  readonly closeCode?: number | null;
  readonly closeReason?: string;
  /** How much of what it was given to play was heard, waits, was cleared, and did not fit. */
  readonly playedMs?: number;
  readonly queuedMs?: number;
  readonly clearedMs?: number;
  readonly droppedMs?: number;
  readonly clears?: number;
  /** The checkpoints that were reached, in order. */
  readonly checkpoints?: readonly string[];
  /** How many checkpoints were void, because of a clear. */
  readonly voided?: number;
  /** How many messages had no effect, by the reason. */
  readonly ignored?: Readonly<Record<string, number>>;
}

/** A recording of a Vobiz call. Instants are epoch milliseconds. */
export interface RecordingState {
  readonly id: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly endReason: string | null;
}

/** What only Vobiz's calls have. */
export interface VobizCallState {
  readonly direction: 'inbound' | 'outbound';
  readonly from: string;
  readonly to: string;
  /** Digits that were sent to the person, by REST or XML. */
  readonly digitsSent: string;
  /** Digits that the person pressed. */
  readonly digitsPressed: string;
  readonly recordings: readonly RecordingState[];
  /** The room that the person is in, by its name. */
  readonly conference: string | null;
  /** What could not be done, in a few words: files that are no WAV, for one. */
  readonly notes: readonly string[];
}

/** What the simulator knows about one of its calls: the truth that a test compares with. */
export interface CallState {
  readonly id: string;
  readonly provider: ProviderName;
  readonly script: string;
  /** In the provider's own words. */
  readonly status: string;
  /** In the provider's own words: Vapi's ended reason, Vobiz's hangup code. */
  readonly endedReason: string | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Nothing more will be sent about this call. */
  readonly over: boolean;
  readonly muted: Readonly<Record<Speaker, boolean>>;
  /** What it was told to do, in the provider's own words and in order. */
  readonly commands: readonly string[];
  readonly said: readonly SayState[];
  readonly transcript: readonly TranscriptEntry[];
  readonly deliveries: Readonly<DeliveryCounts>;
  readonly streams: readonly StreamState[];
  /** Vapi: what it was told, as it came. */
  readonly received?: readonly ReceivedCommand[];
  /** Vapi: what was asked of the server URL, and what it answered. */
  readonly answers?: readonly Answer[];
  /** Vapi: messages that were never sent, by type and status. */
  readonly lost?: readonly string[];
  /** Vapi, for a call over the transport socket: what came up; null before anybody connected. */
  readonly uplink?: UplinkState | null;
  readonly vobiz?: VobizCallState;
}

/** A call of a fake cloud, seen from inside the simulator. */
export interface SimulatedCall {
  readonly id: string;
  state(): CallState;
  /** The customer hangs up. Without effect when the call has ended. */
  hangUp(): void;
  /** Settles when nothing more will be sent about this call. */
  readonly over: Promise<CallState>;
}
