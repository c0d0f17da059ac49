/**
 * What the author of a plugin provides for the audits, as data: valid options, the responses of the provider's API, and one
 * call as the provider sends it. A scenario cannot disable an audit: if it does not contain what an audit needs, the audit
 * is reported as not covered.
 */
import type {
  BackfillRequest,
  CallDetails,
  ControlArguments,
  ControlName,
  DemandKind,
  IngressResponse,
  Party,
  PlaceCallArguments,
  ProviderEventType,
  ProviderPlugin,
} from '@sidetone/core';
import type { IngressRequestOptions } from '../fakes/contract-values.ts';
import type { FakeReply, FakeRequest } from '../fakes/fake-fetch.ts';

/** A plugin with the scenario for its audits. */
export interface Subject {
  readonly plugin: ProviderPlugin<unknown>;
  readonly scenario: Scenario;
}

/** Describes a provider with its own names, bytes and URLs. */
export interface Scenario {
  /** Valid options as in a configuration, including the secret that webhooks are signed with. */
  readonly options: Readonly<Record<string, unknown>>;
  /** All credentials in the options. They must not appear in logs, events, responses or faults. */
  readonly secrets: readonly string[];
  /** Texts and telephone numbers in the samples. They may be logged only in fields that end in `.pii`. */
  readonly personal?: readonly string[];
  /** The provider's HTTP API. Returns the response, or undefined for an unknown URL, which is answered with 404. */
  readonly api?: (request: FakeRequest, state: ApiRequestState) => FakeReply | undefined;
  /** The response of the API to a command that it rejects. Default: 400. */
  readonly refusal?: FakeReply;
  readonly call: CallScenario;
  /** Returns the headers that sign a body, so that malformed requests pass the signature check. */
  readonly sign?: (body: Uint8Array, path: string, state: ScenarioState) => Readonly<Record<string, string>>;
  /** Requests with an invalid or missing signature. */
  readonly forged?: readonly Sample[];
  /** Arguments for each control of the provider. */
  readonly controls?: { readonly [Name in ControlName]?: ArgumentsOf<ControlArguments[Name]> };
  readonly placeCall?: ArgumentsOf<PlaceCallArguments>;
  /** The time at which the instance starts, epoch ms. Default: {@link FAKE_EPOCH}. */
  readonly startsAt?: number;
  /** The country of national numbers, as in a configuration. */
  readonly country?: string;
  /** What `host.randomToken` returns, in this order. Later tokens are made up. */
  readonly tokens?: readonly string[];
  /** The range of past calls that the API returns. */
  readonly backfill?: Pick<BackfillRequest, 'since' | 'until'>;
}

/** What the API knows when it receives a request. */
export interface ApiRequestState {
  readonly callHasEnded: boolean;
  /** All requests of the instance, this one included. */
  readonly requests: readonly FakeRequest[];
}

/** Arguments that the provider accepts, and arguments that it cannot accept. */
export interface ArgumentsOf<Arguments> {
  readonly valid: Arguments;
  readonly invalid?: readonly Arguments[];
}

/** One call, in three parts that are played one after another. */
export interface CallScenario {
  /** The provider's id of the call. */
  readonly id: string;
  /** Details that the call has after its end, such as its direction and numbers. */
  readonly details?: CallDetails;
  /** Until the call can be controlled. */
  readonly toLive: readonly Step[];
  /** While the call is live: speech, audio and other events. */
  readonly live: readonly Step[];
  /** Until the call has ended. */
  readonly toEnd: readonly Step[];
}

/** A step of a call. */
export type Step = ExpectedEffects &
  (RequestStep | ConnectStep | MessageStep | DialledStep | CloseStep | CutStep | WaitStep | DemandStep);

/**
 * What the plugin does because of a step, until it waits for time or for the provider. Only what is stated is compared, and a
 * stated list is complete: an empty one states that nothing happens.
 */
export interface ExpectedEffects {
  /** The emitted events in order, each with the fields that are compared. */
  readonly emits?: readonly EventPattern[];
  /** The messages that the plugin sends on its sockets. */
  readonly sends?: readonly SentPattern[];
  /** The requests that the plugin sends to the provider's API. */
  readonly requests?: readonly RequestPattern[];
  /** The audio that the plugin writes, also while time passes in a `wait` step. */
  readonly heard?: HeardAudio;
}

/** Fields of an event, at any depth. */
export interface EventPattern {
  readonly type: ProviderEventType;
  readonly [field: string]: unknown;
}

/** A text or bytes, or fields of a JSON message. */
export type SentPattern = string | Uint8Array | Readonly<Record<string, unknown>>;

/** A request; a part that is not stated is not compared. */
export interface RequestPattern {
  readonly method?: string;
  readonly url?: string | RegExp;
  /** Fields of the JSON body, at any depth. */
  readonly json?: Readonly<Record<string, unknown>>;
  readonly body?: string | RegExp;
}

/** The audio of each party: the rate of its samples in hertz, and its duration within a frame. */
export type HeardAudio = Readonly<
  Partial<Record<Party, { readonly sampleRate: number; readonly durationMs?: number }>>
>;

/** A request, or a function that creates it from the state so far, for signatures and URLs that the plugin has issued. */
export type Sample = IngressRequestOptions | ((state: ScenarioState) => IngressRequestOptions);

/** The state of the scenario when a sample is created. */
export interface ScenarioState {
  /** The responses of the plugin so far, in order, without rejected requests. */
  readonly responses: readonly IngressResponse[];
  /** The requests of the plugin to the provider's API, in order. */
  readonly requests: readonly FakeRequest[];
  /** Returns the public URL of a path of the ingress. */
  readonly publicUrl: (path: string) => URL;
  /** Epoch ms. */
  readonly now: number;
}

/** The provider sends an HTTP request. */
export interface RequestStep {
  readonly request: Sample;
  /** The request when it is delivered again, or `true` if it is the same. Only one audit redelivers it. */
  readonly redeliver?: true | Sample;
}

/** The provider opens a WebSocket. */
export interface ConnectStep {
  readonly connect: Sample;
}

/** The audio that a message contains. */
export interface ExpectedAudio {
  /** The audio of each party, in the encoding of the stream. */
  readonly audio?: Readonly<Partial<Record<Party, Uint8Array>>>;
  /** Audio that was lost before the message, as its sequence number shows. */
  readonly lost?: { readonly party: Party; readonly durationMs: number };
}

/** The provider sends a message on a socket that it opened. */
export interface MessageStep extends ExpectedAudio {
  readonly message: string | Uint8Array;
  /** The number of the socket, from 1. Default: the last one that is open. */
  readonly socket?: number;
  /** Whether the provider may send it again. Only one audit does. */
  readonly again?: true;
}

/** The provider sends a message on a socket that the plugin opened. */
export interface DialledStep extends ExpectedAudio {
  readonly dialled: string | Uint8Array;
  /** The number of the socket, from 1. Default: the last one that is open. */
  readonly socket?: number;
  /** Whether the provider may send it again. Only one audit does. */
  readonly again?: true;
}

/** The provider closes sockets with this code: all that are open, or one of them. */
export interface CloseStep {
  readonly close: number;
  /** The number of a socket that the provider opened, from 1. */
  readonly socket?: number;
  /** The number of a socket that the plugin opened, from 1. */
  readonly dial?: number;
}

/** The connections of all open sockets break, without a closing handshake. */
export interface CutStep {
  readonly cut: true;
}

/** Time passes, in ms. */
export interface WaitStep {
  readonly wait: number;
}

/** Adds demand for live data of the call from now on. */
export interface DemandStep {
  readonly demand: DemandKind;
}

/** Returns a plugin with its scenario; infers the types. */
export function defineSubject<Options>(
  plugin: ProviderPlugin<Options>,
  scenario: Scenario,
): Subject & { readonly plugin: ProviderPlugin<Options> } {
  return { plugin, scenario };
}

/** Returns all steps of the call. */
export const allSteps = ({ call }: Scenario): readonly Step[] => [
  ...call.toLive,
  ...call.live,
  ...call.toEnd,
];
