/**
 * The plugin contract, version 1: what a provider plugin is.
 * Two methods are required; *having* an optional one *is* the capability, so no flag can lie.
 * The daemon wraps every provider: it starts and stops each instance once, bounds every wait, and keeps its failures apart
 * from everything else. A plugin stays naive.
 *
 * Stable are this file, `transcriber.ts`, `host.ts`, `socket.ts`, `provider-event.ts`, `vocabulary.ts` and
 * `standard-schema.ts`: within a version there are only additions that a plugin need not know of, such as optional methods and fields, further events,
 * words and codes. What would make a plugin change makes a new version.
 */
import type { CallStatus, Capability, MessageRole, Party } from './vocabulary.ts';
import type { CallId, CommandId, ProviderCallId } from './ids.ts';
import type { OptionsSchema } from './standard-schema.ts';
import type { ProviderEvent } from './provider-event.ts';
import type { ProviderHost } from './host.ts';
import type { Socket } from './socket.ts';

/** The version of this contract. A plugin for another one is refused when it is loaded. */
export const CONTRACT_VERSION = 1;

/** A plugin: the default export of its module. Importing the module does nothing. */
export interface ProviderPlugin<Options> {
  /** Machine name, for logs: `vapi`. */
  readonly name: string;
  /** For people: `Vapi`. */
  readonly displayName: string;
  readonly contract: typeof CONTRACT_VERSION;
  /** Checks and completes the `options` of the configuration. Unknown keys are mistakes. */
  readonly options: OptionsSchema<Options>;
  /**
   * Makes an instance. Synchronous, does no I/O; what it needs of the outside it takes from `host`. Called again for each
   * attempt after one that failed: an instance is started once, with a host of its own.
   */
  create(options: Options, host: ProviderHost): Provider;
}

/** A running instance of a plugin. */
export interface Provider {
  /**
   * Gets ready to serve; `signal` aborts when it takes too long. Rejecting means that this instance cannot be used: it is
   * not stopped, and another one is started later, unless the fault is of the kind `config`.
   */
  start(signal: AbortSignal): Promise<void>;
  /** Ends every timer, socket and request of this instance. Nothing may be emitted once it has settled. */
  stop(signal: AbortSignal): Promise<void>;
  /** What can be done to a call once it is there. */
  readonly controls?: Controls;
  /**
   * Narrows what can be done to one call at this moment; without it every control holds for every live call. May name
   * LISTEN where the call has audio: hearing is the daemon's doing, but whether there is anything to hear the provider knows.
   */
  controlsFor?(call: ControlledCall): readonly Capability[];
  /**
   * That it tells what is said in its calls, as `utterance.…` events, so that no transcriber is needed where one is asked for
   * with `transcribe: auto`. Absent where it only has audio.
   */
  readonly providesTranscript?: boolean;
  /** Begins a call. Settles with the provider's id when the provider took it. */
  placeCall?(args: PlaceCallArguments, context: CommandContext): Promise<ProviderCallId>;
  /**
   * Takes up a live call that others set up and that the provider told nothing of, by emitting what is true of it; its
   * audio too, where that has to be asked for. Settles when the provider has been asked.
   * @throws {FaultError} CALL_NOT_FOUND or CALL_NOT_LIVE when there is no such call, or as a control does.
   */
  watch?(providerCallId: ProviderCallId, context: CommandContext): Promise<void>;
  /** What the provider sends to us. */
  readonly ingress?: Ingress;
  /**
   * Brings calls up to date that were live when the daemon stopped, or that have gone quiet, by emitting what is true
   * now: an end for each that is over. Rejecting means that some could not be asked about; the daemon logs it and goes on.
   */
  reconcile?(calls: readonly ControlledCall[], signal: AbortSignal): Promise<void>;
  /**
   * Past calls, page by page, newest first: each as the events that tell it whole. The daemon takes a page in before it
   * asks for the next, and may stop in between; nothing of a call that is known already is told twice by its dedupe
   * keys and its report.
   */
  backfill?(request: BackfillRequest, signal: AbortSignal): AsyncIterable<BackfillPage>;
  /** Rejects when the provider cannot be reached or does not accept our credentials. Asked every minute. */
  health?(signal: AbortSignal): Promise<void>;
}

/** Which past calls are wanted: those created in `[since, until)`, epoch ms. */
export interface BackfillRequest {
  readonly since: number;
  readonly until: number;
  /** The `position` of the last page that was taken in, when an earlier run stopped there. */
  readonly resumeAt?: string;
}

/** Some past calls. */
export interface BackfillPage {
  readonly events: readonly ProviderEvent[];
  /** How many calls the events are about. */
  readonly calls: number;
  /** Where to go on behind this page, for a later run: opaque to the daemon. */
  readonly position: string;
  /** When the oldest call so far was created, epoch ms: how far it has come. */
  readonly reached: number;
}

/** A call as a control sees it. */
export interface ControlledCall {
  readonly id: CallId;
  readonly providerCallId: ProviderCallId;
  readonly status: CallStatus;
  readonly from?: string;
  readonly to?: string;
}

/** What comes with every command. */
export interface CommandContext {
  readonly commandId: CommandId;
  /** Aborts when the command took too long: its outcome is then unknown. */
  readonly signal: AbortSignal;
}

/** Arguments of a control that takes none. */
export type NoArguments = Readonly<Record<string, never>>;

/** The arguments of each control. */
export interface ControlArguments {
  readonly say: {
    readonly content: string;
    readonly endCallAfterSpoken: boolean;
    /** Cut in on what the assistant is saying now, instead of queueing behind it. */
    readonly interrupt: boolean;
  };
  readonly addMessage: {
    readonly role: MessageRole;
    readonly content: string;
    readonly triggerResponse: boolean;
  };
  readonly mute: { readonly party: Party };
  readonly unmute: { readonly party: Party };
  readonly sayFirstMessage: NoArguments;
  /** Exactly one of `number` and `sipUri`. */
  readonly transfer: {
    readonly number?: string;
    readonly extension?: string;
    readonly sipUri?: string;
    readonly callerId?: string;
    readonly content?: string;
    readonly providerOptions?: Readonly<Record<string, unknown>>;
  };
  /** Exactly one of `assistantId`, `assistant` and `streamUrl`. */
  readonly handoff: {
    readonly assistantId?: string;
    readonly assistant?: Readonly<Record<string, unknown>>;
    readonly streamUrl?: string;
    readonly content?: string;
    readonly providerOptions?: Readonly<Record<string, unknown>>;
  };
  readonly endCall: NoArguments;
  readonly sendDtmf: { readonly digits: string };
  readonly playAudio: { readonly url: string };
  readonly clearAudio: NoArguments;
}

/** What can be done to a call. */
export type ControlName = keyof ControlArguments;

/**
 * One control. Settles when the provider *took* the command, not when it took effect: that comes as an event.
 * @throws {FaultError} PROVIDER_REFUSED, PROVIDER_UNREACHABLE, PROVIDER_TIMEOUT, PROVIDER_RATE_LIMITED, CALL_NOT_LIVE
 * or CAPABILITY_MISSING. Anything else that is thrown counts as PROVIDER_REFUSED.
 */
export type Control<Name extends ControlName> = (
  call: ControlledCall,
  args: ControlArguments[Name],
  context: CommandContext,
) => Promise<void>;

/** The controls of a provider: those it has are those it can do. */
export type Controls = { readonly [Name in ControlName]?: Control<Name> };

/** What having a control means in terms of capabilities. */
export const CONTROL_CAPABILITIES = {
  say: ['SAY'],
  addMessage: ['ADD_MESSAGE'],
  mute: ['MUTE_ASSISTANT', 'MUTE_CUSTOMER'],
  unmute: [],
  sayFirstMessage: ['SAY_FIRST_MESSAGE'],
  transfer: ['TRANSFER'],
  handoff: ['HANDOFF'],
  endCall: ['END_CALL'],
  sendDtmf: ['SEND_DTMF'],
  playAudio: ['PLAY_AUDIO'],
  clearAudio: ['CLEAR_AUDIO'],
} as const satisfies Record<ControlName, readonly Capability[]>;

/** Whom to call, and on whose behalf. */
export interface PlaceCallArguments {
  readonly to: string;
  readonly from?: string;
  readonly assistantId?: string;
  readonly providerOptions?: Readonly<Record<string, unknown>>;
}

/** What a provider sends to the daemon's port under `/providers/{providerId}/`. The daemon owns port and limits. */
export interface Ingress {
  /**
   * Answers one HTTP request. What it emits is stored before the answer leaves, so a provider that is answered 2xx
   * need not send again. Rejecting answers 4xx or 5xx by the fault's code.
   */
  request?(request: IngressRequest): Promise<IngressResponse>;
  /** Decides whether a WebSocket may be opened, before it is. Without it every one may. */
  admitSocket?(request: IngressRequest): Admission;
  /** Takes a WebSocket that was opened. The plugin closes it at the latest when it stops. */
  socket?(request: IngressRequest, socket: Socket): void;
}

/** Whether a WebSocket may be opened; else the status that its handshake is answered with. */
export type Admission =
  { readonly admit: true } | { readonly admit: false; readonly status: 401 | 403 | 404 };

/** A request of the provider, or the handshake of a WebSocket. */
export interface IngressRequest {
  readonly method: string;
  /** What follows `/providers/{providerId}/`, decoded, without a leading slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body as it came, for signatures; empty for a socket. */
  readonly body: Uint8Array;
  /** When it arrived, epoch ms. */
  readonly receivedAt: number;
  readonly signal: AbortSignal;
}

/** What the provider is answered. */
export interface IngressResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Gives a plugin its type without repeating it: `export default defineProvider({ ... })`. */
export function defineProvider<Options>(plugin: ProviderPlugin<Options>): ProviderPlugin<Options> {
  return plugin;
}

/** What a provider can do to calls, by what it has. */
export function capabilitiesOf(provider: Pick<Provider, 'controls' | 'placeCall'>): readonly Capability[] {
  const names = Object.keys(CONTROL_CAPABILITIES) as ControlName[];
  const controls = names.filter((name) => provider.controls?.[name] !== undefined);
  return [
    ...controls.flatMap((name): readonly Capability[] => CONTROL_CAPABILITIES[name]),
    ...(provider.placeCall ? (['PLACE_CALL'] as const) : []),
  ];
}
