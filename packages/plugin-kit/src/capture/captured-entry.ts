/**
 * The lines of a file with the requests and messages of a provider, which the daemon writes and `sidetone capture` reads. Each line is
 * JSON: a head for each start of the daemon, then what happened, in the names of the steps of a conformance scenario. Everything in
 * it is masked.
 */

/** The version of the format. */
export const CAPTURE_VERSION = 1;

/** The first line of a start. */
export interface CaptureHead {
  readonly capture: number;
  /** The name of the plugin in the configuration, and the id of the provider. */
  readonly plugin: string;
  readonly provider: string;
  /** Epoch ms. The times of the lines that follow count from it. */
  readonly startedAt: number;
  /** The options, with replaced secrets. */
  readonly options: unknown;
  /** The path in the options of each replaced secret, such as `webhook.secret`. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly country?: string;
}

/** A body or a message: JSON, a text, or bytes. `silence` is a number of zero bytes in the place of audio. */
export interface CapturedContent {
  readonly json?: unknown;
  readonly text?: string;
  readonly base64?: string;
  readonly silence?: number;
  /** The bytes of a body that was not captured. */
  readonly omitted?: number;
}

export interface CapturedHead {
  readonly method?: string;
  /** Of the ingress: without a leading slash. */
  readonly path?: string;
  /** Of another server. */
  readonly url?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CapturedRequest extends CapturedHead {
  readonly content?: CapturedContent;
}

export interface CapturedResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content?: CapturedContent;
  /** The code of the error, instead of a status. */
  readonly failed?: string;
}

/** A line. It has one of these fields besides its time; `request`, `socket` and `fetch` connect lines. */
export interface CapturedEntry {
  /** Milliseconds since the start. */
  readonly at: number;
  /** A request of the provider, and the response of the plugin to the request with this number. */
  readonly request?: CapturedRequest;
  readonly response?: CapturedResponse;
  /** A request of the plugin, and the response to it. */
  readonly fetch?: CapturedRequest;
  readonly reply?: CapturedResponse;
  /** The provider opened a socket, or the plugin did. */
  readonly connect?: CapturedHead;
  readonly dial?: CapturedHead;
  /** The plugin's handshake was accepted, or failed with this code. */
  readonly dialled?: true | { readonly failed: string };
  /** A message of the provider, or of the plugin. */
  readonly message?: CapturedContent;
  readonly sends?: CapturedContent;
  /** The socket was closed with this code. */
  readonly close?: number;
  readonly by?: 'provider' | 'plugin';
  /** An event that the plugin emitted. */
  readonly emits?: unknown;
  /** Live data of a call that was needed from now on. */
  readonly demand?: string;
  readonly call?: string;
  /** A token that the plugin created. */
  readonly token?: string;
  /** Messages with audio that are not in the file. */
  readonly leftOut?: { readonly messages: number; readonly bytes: number };
  /** Lines that are missing here, because too many were waiting to be written. */
  readonly dropped?: number;
  /** Why nothing follows: the limit that was reached. */
  readonly stopped?: string;
  /** The number of the request, of either direction, or of the socket. */
  readonly number?: number;
}
