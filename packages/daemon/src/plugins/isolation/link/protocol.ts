/**
 * What the daemon and the thread of a plugin send each other. The two tables at the end list how each member of the contract
 * crosses: a member that is added to the contract does not compile until it has an entry.
 */
import type {
  Admission,
  BackfillPage,
  BackfillRequest,
  Capability,
  CommandId,
  ControlledCall,
  ControlName,
  DemandKind,
  Diagnostic,
  IngressResponse,
  LogFields,
  Logger,
  MediaStreamOptions,
  Party,
  PlaceCallArguments,
  PluginState,
  Provider,
  ProviderCallId,
  ProviderEvent,
  ProviderHost,
  WebhookSetting,
} from '@sidetone/core';
import type { OpenRequest, RequestResult, RequestStart } from '../../requests/recent-requests.ts';
import type { EncodedError } from './encoded-error.ts';

/** The plugin that a thread loads. */
export interface LoadRequest {
  /** As in the configuration, for messages. */
  readonly specifier: string;
  readonly url: string;
  /** The options as in the configuration: the plugin's schema makes secrets of them in the thread. */
  readonly options: unknown;
  /** The path of the options in the configuration, for messages. */
  readonly key: string;
}

/** A plugin as the daemon needs to know it. */
export interface Description {
  readonly displayName: string;
  readonly callIdPattern?: RegExp;
  /** The secrets in the options: the daemon removes them from texts of the plugin. */
  readonly secrets: readonly string[];
}

/** What the host of an instance knows without asking. */
export interface HostFacts {
  readonly publicUrl: string;
  readonly isExposed: boolean;
  readonly country?: string;
  readonly isStateShared: boolean;
}

/** What an instance has. It is read once, after the instance was created. */
export interface Features {
  readonly controls: readonly ControlName[] | undefined;
  readonly has: { readonly [Name in OptionalMethod]: boolean };
  readonly providesTranscript: boolean;
  readonly ingress: IngressFeatures | undefined;
}
export type OptionalMethod =
  'loadCall' | 'controlsFor' | 'placeCall' | 'watch' | 'reconcile' | 'backfill' | 'health' | 'diagnostics';

export interface IngressFeatures {
  readonly has: { readonly [Name in IngressMethod]: boolean };
  readonly maxBodyBytes?: number;
  readonly webhooks?: readonly WebhookSetting[];
}
export type IngressMethod = 'request' | 'admitRequest' | 'loadSocket' | 'admitSocket' | 'socket';

/** A request without its body, its signal and its classes. */
export interface EncodedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly requestedUrl?: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly receivedAt: number;
  readonly hasResponseStatus: boolean;
}

/** Demand as bits, in the order of {@link DEMAND_KINDS}. */
export type DemandBits = number;
export const DEMAND_KINDS = ['levels', 'partials', 'audio'] as const satisfies readonly DemandKind[];
export const ALL_DEMAND: DemandBits = 0b111;

/** What the thread offers. Numbers are ids that the sender of the first message with them chose. */
export interface ThreadMethods {
  load(request: LoadRequest): Description;
  create(facts: HostFacts): Features;
  start(facts: HostFacts): void;
  stop(): void;
  health(): void;
  diagnostics(): readonly Diagnostic[];
  reconcile(calls: readonly ControlledCall[]): void;
  loadCall(providerCallId: ProviderCallId): void;
  controlsFor(call: ControlledCall): readonly Capability[];
  control(name: ControlName, call: ControlledCall, args: unknown, commandId: CommandId): void;
  placeCall(args: PlaceCallArguments, commandId: CommandId): ProviderCallId;
  watch(providerCallId: ProviderCallId, commandId: CommandId): void;
  backfill(run: number, request: BackfillRequest): void;
  /** Undefined after the last page. */
  nextPage(run: number): BackfillPage | undefined;
  endBackfill(run: number): void;
  admitRequest(request: EncodedRequest): Admission;
  loadSocket(request: EncodedRequest): void;
  admitSocket(request: EncodedRequest): Admission;
  request(id: number, request: EncodedRequest, body: Uint8Array): IngressResponse;
  responseStatus(id: number, status: number): void;
  socketOpened(id: number, request: EncodedRequest): void;
  socketMessage(id: number, message: string | Uint8Array): void;
  socketClosed(id: number, code: number, reason: string): void;
  demandChanged(providerCallId: ProviderCallId, demand: DemandBits): void;
}

export type StateMethod = Exclude<keyof PluginState, 'isShared'>;

/** What the daemon offers. */
export interface DaemonMethods {
  /** `request` is the request whose handler emits, 0 if it is not known. */
  emit(request: number, event: ProviderEvent): void;
  openStream(stream: number, request: number, options: MediaStreamOptions): void;
  write(
    stream: number,
    party: Party | 'INTERLEAVED',
    bytes: Uint8Array,
    positionMs: number | undefined,
  ): void;
  skip(stream: number, frames: number, bytes: number): void;
  gap(stream: number, party: Party, durationMs: number, frames: number): void;
  endStream(stream: number, reason: string): void;
  /** Answered with `demandChanged`. */
  readDemand(providerCallId: ProviderCallId): void;
  log(level: keyof Logger, message: string, fields: LogFields | undefined): void;
  limitReached(limit: string, count: number | undefined): void;
  state(method: StateMethod, args: readonly (string | undefined)[]): unknown;
  listenToSocket(socket: number): void;
  sendToSocket(socket: number, message: string | Uint8Array): void;
  closeSocket(socket: number, code: number | undefined, reason: string | undefined): void;
  beginAccess(access: number, start: RequestStart): void;
  describeAccess(access: number, body: Uint8Array, contentType: Parameters<OpenRequest['body']>[1]): void;
  endAccess(access: number, result: RequestResult): void;
  exception(where: string, error: EncodedError): void;
  requestFailed(where: string, error: EncodedError): void;
}

/**
 * How each member of the host reaches the daemon: by messages; `IN_THREAD` if the thread has its own; `FACT` if the thread is sent
 * the value when the instance starts.
 */
export const HOST_CROSSINGS = {
  fetch: 'IN_THREAD',
  dial: 'IN_THREAD',
  guarded: 'IN_THREAD',
  randomToken: 'IN_THREAD',
  clock: 'IN_THREAD',
  publicUrl: 'FACT',
  isExposed: 'FACT',
  country: 'FACT',
  emit: ['emit'],
  openStream: ['openStream', 'write', 'skip', 'gap', 'endStream'],
  hasDemand: ['readDemand', 'demandChanged'],
  onDemandChange: ['demandChanged'],
  log: ['log'],
  limitReached: ['limitReached'],
  state: ['state'],
} as const satisfies Record<
  keyof ProviderHost,
  'IN_THREAD' | 'FACT' | readonly (keyof DaemonMethods | 'demandChanged')[]
>;

/** How the daemon reaches each member of an instance: by messages; `FEATURE` if it is read once. */
export const PROVIDER_CROSSINGS = {
  start: ['start'],
  stop: ['stop'],
  health: ['health'],
  diagnostics: ['diagnostics'],
  reconcile: ['reconcile'],
  controls: ['control'],
  loadCall: ['loadCall'],
  controlsFor: ['controlsFor'],
  placeCall: ['placeCall'],
  watch: ['watch'],
  backfill: ['backfill', 'nextPage', 'endBackfill'],
  providesTranscript: 'FEATURE',
  ingress: [
    'admitRequest',
    'request',
    'responseStatus',
    'loadSocket',
    'admitSocket',
    'socketOpened',
    'socketMessage',
    'socketClosed',
  ],
} as const satisfies Record<keyof Provider, 'FEATURE' | readonly (keyof ThreadMethods)[]>;
