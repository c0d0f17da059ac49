/**
 * What the audits cannot know about a provider, told by its author as data: options that are valid, what its API
 * answers, and the life of one call as the provider sends it. Nothing here turns an audit off: what a provider has and
 * its scenario does not show is reported as not shown.
 */
import type {
  BackfillRequest,
  ControlArguments,
  ControlName,
  IngressResponse,
  Party,
  PlaceCallArguments,
  ProviderPlugin,
  DemandKind,
} from '@sidetone/core';
import type { FakeReply, FakeRequest } from '../fakes/fake-fetch.ts';
import type { IngressRequestOptions } from '../fakes/ingress-request.ts';

/** A plugin, and what it takes to audit it. */
export interface Subject {
  readonly plugin: ProviderPlugin<unknown>;
  readonly scenario: Scenario;
}

/** What the provider is told to be by its author. All of it is the provider's own: its names, its bytes, its addresses. */
export interface Scenario {
  /** The options as they stand in a configuration. They are valid, and hold what webhooks are checked with. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Every credential in the options: they may show up in no log line, event or fault. */
  readonly secrets: readonly string[];
  /** Words said and numbers in the samples: they may show up in no log line, but under keys that end in `.pii`. */
  readonly personal?: readonly string[];
  /**
   * The provider's HTTP API: what it answers, or nothing for an address that it does not have (404). While the call is
   * live, and once it is over.
   */
  readonly api?: (request: FakeRequest, told: { readonly callIsOver: boolean }) => FakeReply | undefined;
  /** How that API refuses a command: 400 unless told. */
  readonly refusal?: FakeReply;
  readonly call: CallScenario;
  /** The headers that sign a body, so that bytes of all kinds get past the signature; without it where there is none. */
  readonly sign?: (body: Uint8Array, path: string, told: Told) => Readonly<Record<string, string>>;
  /** Requests that only pretend to come from the provider: with a wrong signature, or without one. */
  readonly forged?: readonly Sample[];
  /** Arguments of each control that the provider has. */
  readonly controls?: { readonly [Name in ControlName]?: ArgumentsOf<ControlArguments[Name]> };
  readonly placeCall?: ArgumentsOf<PlaceCallArguments>;
  /** Which past calls the API tells of. */
  readonly backfill?: Pick<BackfillRequest, 'since' | 'until'>;
}

/** Arguments that the provider takes, and some that it cannot take. */
export interface ArgumentsOf<Arguments> {
  readonly valid: Arguments;
  readonly invalid?: readonly Arguments[];
}

/** The life of one call, in three parts that are played one after another. */
export interface CallScenario {
  /** The provider's id of it. */
  readonly id: string;
  /** From the first news to the moment at which the call can be steered. */
  readonly toLive: readonly Step[];
  /** What comes while it is live: words, and audio. */
  readonly live: readonly Step[];
  /** Until it is over. */
  readonly toEnd: readonly Step[];
}

/** One thing that happens. */
export type Step = RequestStep | ConnectStep | MessageStep | DialledStep | CloseStep | WaitStep | DemandStep;

/** A request, or how to make it of what was told so far: for signatures, and addresses that the plugin gave out. */
export type Sample = IngressRequestOptions | ((told: Told) => IngressRequestOptions);

/** What is known when a sample is made. */
export interface Told {
  /** The answers to the requests so far, in order; those that were refused are left out. */
  readonly answers: readonly IngressResponse[];
  /** What the plugin asked the provider's API, in order. */
  readonly requests: readonly FakeRequest[];
  /** The address under which the provider reaches a path of the ingress. */
  readonly publicUrl: (path: string) => URL;
  /** Epoch ms. */
  readonly now: number;
}

/** The provider sends a request. */
export interface RequestStep {
  readonly request: Sample;
  /** How it looks when it is delivered a second time, or that it then looks the same. It is played in one audit only. */
  readonly again?: true | Sample;
}

/** The provider opens a WebSocket. */
export interface ConnectStep {
  readonly connect: Sample;
}

/** What a message brings of audio, in the encoding of its stream. */
export interface Hearing {
  /** The samples of each party that is heard in it. */
  readonly heard?: Readonly<Partial<Record<Party, Uint8Array>>>;
  /** What the message shows to have been lost before it. */
  readonly missing?: { readonly party: Party; readonly durationMs: number };
}

/** The provider sends a message on the socket that it opened last. */
export interface MessageStep extends Hearing {
  readonly message: string | Uint8Array;
}

/** The provider sends a message on the socket that the plugin dialled last. */
export interface DialledStep extends Hearing {
  readonly dialled: string | Uint8Array;
}

/** The provider closes every socket that is open, with this code. */
export interface CloseStep {
  readonly close: number;
}

/** Time passes, ms. */
export interface WaitStep {
  readonly wait: number;
}

/** Adds demand for live data of the call from now on. */
export interface DemandStep {
  readonly demand: DemandKind;
}

/** Gives a subject its type without repeating it. */
export function defineSubject<Options>(
  plugin: ProviderPlugin<Options>,
  scenario: Scenario,
): Subject & { readonly plugin: ProviderPlugin<Options> } {
  return { plugin, scenario };
}
