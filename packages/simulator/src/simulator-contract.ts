// The public types of the simulator. They stand apart from its implementation because the control API needs them too.

import type { CallState, SimulatedCall } from './call/call-state.ts';
import type { DeepgramBehaviour } from './deepgram/behaviour.ts';
import type { DeepgramSessionState } from './deepgram/session-state.ts';
import type { Script } from './speech/library.ts';
import type { VapiBehaviour } from './vapi/behaviour.ts';
import type { VapiCall } from './vapi/call/call-contract.ts';
import type { PastCallsOptions } from './vapi/past-calls.ts';
import type { Credential } from './vapi/webhook/credential.ts';
import type { VobizBehaviour } from './vobiz/behaviour.ts';
import type { VobizCall } from './vobiz/call/call-contract.ts';

/** The default keys of the simulated clouds. They are not secrets. */
export const DEMO_KEYS = {
  vapiApiKey: 'demo-vapi-key',
  vapiPublicKey: 'demo-vapi-public-key',
  vobizAuthId: 'MA_DEMO',
  vobizAuthToken: 'demo-vobiz-token',
  deepgramApiKey: 'demo-deepgram-key',
} as const;

/** The URLs to which the clouds send webhooks. Without a target, nothing is sent. */
export interface Targets {
  /** Vapi's server URL. */
  readonly vapiWebhook?: string | undefined;
  /** Sent as `x-vapi-secret`. */
  readonly vapiWebhookSecret?: string | undefined;
  /** Authenticates Vapi's webhooks, in addition to the secret. */
  readonly vapiCredential?: Credential | undefined;
  /** Static headers of Vapi's webhooks; they override those of the credential. */
  readonly vapiWebhookHeaders?: Readonly<Record<string, string>> | undefined;
  /** The answer URL of Vobiz's application. */
  readonly vobizAnswer?: string | undefined;
  /** The hangup URL of Vobiz's application. Default: the answer URL. */
  readonly vobizHangup?: string | undefined;
}

/** Options of a simulator. All have defaults. */
export interface SimulatorOptions {
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  readonly targets?: Targets;
  readonly vapi?: {
    readonly apiKey?: string;
    /** The key required by authenticated monitoring. */
    readonly publicKey?: string;
    readonly behaviour?: Partial<VapiBehaviour>;
    /** Past calls to generate. */
    readonly history?: PastCallsOptions;
  };
  readonly vobiz?: {
    readonly authId?: string;
    readonly authToken?: string;
    /** The key of webhook signatures. Default: `authToken`. */
    readonly signingToken?: string;
    /** The key of a parent account's signatures. Default: `signingToken`. */
    readonly parentToken?: string;
    readonly behaviour?: Partial<VobizBehaviour>;
  };
  readonly deepgram?: {
    readonly apiKey?: string;
    readonly behaviour?: Partial<DeepgramBehaviour>;
  };
  /** How many calls of each provider to keep running. Default 0. */
  readonly calls?: number;
}

/** The call to start. */
export type StartCall =
  | { readonly provider: 'vapi'; readonly script?: string; readonly behaviour?: Partial<VapiBehaviour> }
  | { readonly provider: 'vobiz'; readonly script?: string; readonly behaviour?: Partial<VobizBehaviour> };

/** The simulated Vapi. */
export interface SimulatedVapi {
  readonly apiBaseUrl: string;
  readonly apiKey: string;
  readonly publicKey: string;
  call(id: string): VapiCall | undefined;
  /** Changes the behaviour of later calls, and of REST immediately. @throws {RangeError} for an unknown option */
  setBehaviour(behaviour: Partial<VapiBehaviour>): void;
  /** Generates past calls. @throws {RangeError} when there are too many */
  addPastCalls(options: PastCallsOptions): void;
}

/** The simulated Vobiz. */
export interface SimulatedVobiz {
  readonly apiBaseUrl: string;
  readonly authId: string;
  readonly authToken: string;
  call(id: string): VobizCall | undefined;
  /** Changes the behaviour of later calls, and of REST immediately. @throws {RangeError} for an unknown option */
  setBehaviour(behaviour: Partial<VobizBehaviour>): void;
}

/** The simulated Deepgram. */
export interface SimulatedDeepgram {
  /** `/v1/listen` is appended to it. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Returns the state of every remembered socket, oldest first. */
  sessions(): DeepgramSessionState[];
  /** Changes the behaviour immediately, also of open sockets. @throws {RangeError} for an unknown option */
  setBehaviour(behaviour: Partial<DeepgramBehaviour>): void;
  /** Breaks the connection of one socket, by its request id, or of all. Returns how many were open. */
  cut(id?: string): number;
}

/** A running simulator. The caller closes it. */
export interface Simulator {
  readonly url: string;
  readonly vapi: SimulatedVapi;
  readonly vobiz: SimulatedVobiz;
  readonly deepgram: SimulatedDeepgram;
  readonly scripts: readonly Script[];
  /** Changes the targets of later calls; omitted ones stay. */
  pointAt(targets: Targets): void;
  /** Starts a call. @throws {RangeError} for an unknown script or option */
  startCall(call: StartCall): SimulatedCall;
  /** Returns the state of every remembered call, oldest first. */
  calls(): CallState[];
  call(id: string): SimulatedCall | undefined;
  /** Ends all calls without notifying the targets, and stops the server. */
  close(): Promise<void>;
}
