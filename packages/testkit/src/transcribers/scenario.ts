/**
 * What the audits cannot know about a transcriber, told by its author: options that are valid, and how the service behaves. The
 * service hears audio in which each word is a stretch of one sample value (`createEar`), and tells the words in its own messages.
 */
import type { TranscriberPlugin } from '@sidetone/core';
import type { FakeReply, FakeRequest } from '../fakes/fake-fetch.ts';
import type { FakeDial } from '../fakes/fake-host.ts';
import type { FakeSocket } from '../fakes/fake-socket.ts';

/** A transcriber plugin, and what it takes to audit it. */
export interface TranscriberSubject {
  readonly plugin: TranscriberPlugin<unknown>;
  readonly scenario: TranscriberScenario;
}

/** How the service answers what it does not take. */
export interface ServiceRefusal {
  readonly status: number;
  readonly body?: string;
}

/** What the service is told to be by the plugin's author. */
export interface TranscriberScenario {
  /** The options as they stand in a configuration. They are valid, and leave audio as it is: no resampling, 16-bit samples. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Every credential in the options: they may show up in no log line, event or fault. */
  readonly secrets: readonly string[];
  /** Serves a socket that the plugin has dialled: hears its audio, and tells the words in it as the service does. */
  readonly serve: (peer: FakeSocket, dial: FakeDial) => void;
  /** The service's HTTP API, if the plugin asks it anything: nothing for an address that there is not (404). */
  readonly api?: (request: FakeRequest) => FakeReply | undefined;
  /** How the service refuses a credential that is wrong: 401 unless told. */
  readonly refusal?: ServiceRefusal;
  /** How it refuses what may be taken later: 503 unless told. */
  readonly busy?: ServiceRefusal;
}

/** Gives a subject its type without repeating it. */
export function defineTranscriberSubject<Options>(
  plugin: TranscriberPlugin<Options>,
  scenario: TranscriberScenario,
): TranscriberSubject & { readonly plugin: TranscriberPlugin<Options> } {
  return { plugin, scenario };
}
