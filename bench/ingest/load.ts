/** What the sender of the benchmark sends, and what it reports. */

/** Reports of past calls of Vapi, or requests with many events each. */
export interface Load {
  readonly url: string;
  readonly kind: 'reports' | 'events';
  readonly atOnce: number;
  readonly seconds: number;
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
