/**
 * What the author of a transcriber plugin provides for the audits: valid options, and a fake of the service. The fake
 * receives audio in which each word is a run of samples with one value, recognises the words with `createWordRecogniser`, and
 * sends them in the service's own messages.
 */
import type { TranscriberPlugin } from '@sidetone/core';
import type { FakeReply, FakeRequest } from '../fakes/fake-fetch.ts';
import type { FakeDial } from '../fakes/fake-dial.ts';
import type { FakeSocket } from '../fakes/fake-socket.ts';

/** A transcriber plugin with the scenario for its audits. */
export interface TranscriberSubject {
  readonly plugin: TranscriberPlugin<unknown>;
  readonly scenario: TranscriberScenario;
}

/** A rejected handshake. */
export interface ServiceRefusal {
  readonly status: number;
  readonly body?: string;
}

/** Describes a transcription service. */
export interface TranscriberScenario {
  /** Valid options as in a configuration, with which audio is sent as 16-bit samples and not resampled. */
  readonly options: Readonly<Record<string, unknown>>;
  /** All credentials in the options. They must not appear in logs, events or faults. */
  readonly secrets: readonly string[];
  /** Serves a socket that the plugin has opened: receives its audio and sends results. */
  readonly serve: (peer: FakeSocket, dial: FakeDial) => void;
  /** The service's HTTP API. Returns the response, or undefined for an unknown URL, which is answered with 404. */
  readonly api?: (request: FakeRequest) => FakeReply | undefined;
  /** How the service rejects invalid credentials. Default: 401. */
  readonly refusal?: ServiceRefusal;
  /** How the service rejects a handshake temporarily. Default: 503. */
  readonly busy?: ServiceRefusal;
}

/** Returns a plugin with its scenario; infers the types. */
export function defineTranscriberSubject<Options>(
  plugin: TranscriberPlugin<Options>,
  scenario: TranscriberScenario,
): TranscriberSubject & { readonly plugin: TranscriberPlugin<Options> } {
  return { plugin, scenario };
}
