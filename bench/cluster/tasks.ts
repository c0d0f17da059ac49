/** What the process that sends webhooks and commands is asked to do, and what it answers. */

/** A call, and the address of the daemon that its requests are sent to. */
export interface Target {
  readonly call: string;
  readonly url: string;
}

interface Pace {
  readonly seconds: number;
  /** Requests per second, at even intervals; absent: each of `atOnce` as soon as it was answered. */
  readonly rate?: number;
  readonly atOnce?: number;
}

export type Task =
  /** Webhooks that begin calls; each daemon owns the calls that it is sent first. */
  | { readonly kind: 'begin'; readonly targets: readonly Target[] }
  /** Webhooks with an utterance each, of the calls in turn. */
  | ({ readonly kind: 'utterances'; readonly targets: readonly Target[] } & Pace)
  /** Commands, of the calls in turn. */
  | ({ readonly kind: 'commands'; readonly targets: readonly Target[] } & Pace);

export interface Sent {
  /** How many were answered as expected. */
  readonly done: number;
  /** Other answers, and how often. */
  readonly failures: Readonly<Record<string, number>>;
  /** From the first byte of a request to the last of its response, ms. */
  readonly times: readonly number[];
  readonly seconds: number;
}
