import type { DeliveryCounts } from '../http/courier.ts';
import type { Speaker } from '../speech/library.ts';

/** Whose fake cloud a call is on. */
export type ProviderName = 'vapi' | 'vobiz';

/** Something that was said into a call from outside. Instants are epoch milliseconds. */
export interface Said {
  readonly text: string;
  readonly at: number;
  /** When its first sound was heard; null while it waits. */
  readonly startedAt: number | null;
  /** When it was over, also if it was cut off; null before. */
  readonly spokenAt: number | null;
}

/** Something that was heard, as a perfect transcriber would write it down. Spans from the first sound of the call. */
export interface Heard {
  readonly speaker: Speaker;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** A socket that carries a call's audio: a listener (Vapi) or a stream (Vobiz). */
export interface StreamState {
  readonly id: string;
  readonly url: string;
  readonly status: 'connecting' | 'open' | 'closed' | 'failed';
  readonly framesSent: number;
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
  readonly said: readonly Said[];
  readonly transcript: readonly Heard[];
  readonly deliveries: Readonly<DeliveryCounts>;
  readonly streams: readonly StreamState[];
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
