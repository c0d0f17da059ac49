import type { DeliveryCounts } from '../http/webhook-sender.ts';
import type { Script, Speaker } from '../speech/library.ts';

/** The provider of a call. */
export type ProviderName = 'vapi' | 'vobiz';

/** A sentence that a command added to a call. Instants are epoch milliseconds. */
export interface SayState {
  readonly text: string;
  readonly at: number;
  /** When it started; null while it is queued. */
  readonly startedAt: number | null;
  /** When it ended or was cut off; null before. */
  readonly spokenAt: number | null;
}

/** One utterance, as a perfect transcriber would write it. Offsets count from the first audio of the call. */
export interface TranscriptEntry {
  readonly speaker: Speaker;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** A command as received. */
export interface ReceivedCommand {
  readonly at: number;
  readonly body: unknown;
}

/** The server URL's answer to a request. */
export interface Answer {
  readonly type: string;
  readonly at: number;
  /** Null before the response, and if there was none. */
  readonly status: number | null;
  readonly body: string;
  readonly ms: number | null;
  readonly outcome: 'pending' | 'answered' | 'timeout' | 'unreachable' | 'no server URL';
}

/** Measurements of the audio received over the transport socket of a call. */
export interface UplinkState {
  readonly frames: number;
  readonly bytes: number;
  readonly audioMs: number;
  /** The longest time between two frames. */
  readonly largestGapMs: number;
  /** The largest lead of the audio over real time. */
  readonly aheadMs: number;
  /** How much arrived while the lead was larger than a few frames. */
  readonly bytesFasterThanRealTime: number;
  /** How much was dropped because it arrived too early. */
  readonly bytesDropped: number;
  /** The root mean square of each second of audio, latest last. */
  readonly rmsPerSecond: readonly number[];
  /** Text frames that are not valid commands. */
  readonly ignored: number;
  /** How much of the assistant's audio was sent. */
  readonly downlinkMs: number;
}

/** A socket that carries a call's audio: a listener (Vapi) or a stream (Vobiz). Only streams have the optional fields. */
export interface StreamState {
  readonly id: string;
  readonly url: string;
  readonly status: 'connecting' | 'open' | 'closed' | 'failed';
  readonly framesSent: number;
  readonly messagesSent?: number;
  readonly bidirectional?: boolean;
  /** The close code; null while it is open, and if it never opened. */
  readonly closeCode?: number | null;
  readonly closeReason?: string;
  /** How much of the received audio was played, is queued, was cleared, and exceeded the limit. */
  readonly playedMs?: number;
  readonly queuedMs?: number;
  readonly clearedMs?: number;
  readonly droppedMs?: number;
  readonly clears?: number;
  /** The checkpoints that were reached, in order. */
  readonly checkpoints?: readonly string[];
  /** How many checkpoints a clear removed. */
  readonly voided?: number;
  /** How many messages had no effect, by reason. */
  readonly ignored?: Readonly<Record<string, number>>;
}

/** A recording of a Vobiz call. Instants are epoch milliseconds. */
export interface RecordingState {
  readonly id: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly endReason: string | null;
}

/** The state that only Vobiz calls have. */
export interface VobizCallState {
  readonly direction: 'inbound' | 'outbound';
  readonly from: string;
  readonly to: string;
  /** Digits that were sent to the person, by REST or XML. */
  readonly digitsSent: string;
  /** Digits that the person pressed. */
  readonly digitsPressed: string;
  readonly recordings: readonly RecordingState[];
  /** The name of the room that the person is in. */
  readonly conference: string | null;
  /** Requests that could not be carried out, such as playing a file that is not WAV. */
  readonly notes: readonly string[];
}

/** The state of a call, for tests to compare with. */
export interface CallState {
  readonly id: string;
  readonly provider: ProviderName;
  readonly script: string;
  /** In the provider's terms. */
  readonly status: string;
  /** In the provider's terms: Vapi's ended reason, Vobiz's hangup code. */
  readonly endedReason: string | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** No more messages will be sent about this call. */
  readonly over: boolean;
  readonly muted: Readonly<Record<Speaker, boolean>>;
  /** The names of the commands in order, in the provider's terms. */
  readonly commands: readonly string[];
  readonly said: readonly SayState[];
  readonly transcript: readonly TranscriptEntry[];
  readonly deliveries: Readonly<DeliveryCounts>;
  readonly streams: readonly StreamState[];
  /** Vapi: the commands as received. */
  readonly received?: readonly ReceivedCommand[];
  /** Vapi: the answers of the server URL. */
  readonly answers?: readonly Answer[];
  /** Vapi: messages that were never sent, by type and status. */
  readonly lost?: readonly string[];
  /** Vapi, for a call over the transport socket: the received audio; null before a client connected. */
  readonly uplink?: UplinkState | null;
  readonly vobiz?: VobizCallState;
}

/** A call of a simulated cloud. */
export interface SimulatedCall {
  readonly id: string;
  state(): CallState;
  /** The customer hangs up. No effect on an ended call. */
  hangUp(): void;
  /** Appends the turns of a script. No effect on an ended call. */
  converse(script: Script): void;
  /** Resolves when no more messages will be sent about this call. */
  readonly over: Promise<CallState>;
}
