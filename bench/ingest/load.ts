/** What the sender of the benchmark sends, and what it reports. */

/** Reports of past calls of Vapi, or requests with many events each: final utterances, or speech events, which have no text. */
export type Kind = 'reports' | 'utterances' | 'speech';

export interface Load {
  readonly url: string;
  readonly kind: Kind;
  readonly atOnce: number;
  readonly seconds: number;
  /** Requests per second, sent at even intervals; absent: each as soon as one of `atOnce` was answered. */
  readonly rate?: number;
}

export interface Sent {
  readonly statuses: Readonly<Record<string, number>>;
  /** From the first byte of a request to the last of its response, ms. */
  readonly p50: number;
  readonly p99: number;
}

/** Events in a request, and the calls that they are spread over. */
export const EVENTS = 100;
export const CALLS = 100;
