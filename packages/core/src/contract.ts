/**
 * The contract of provider plugins, version 1. A provider has two required methods, `start` and `stop`. Every other method
 * is optional, and a provider has a capability if it has the method. The daemon wraps every instance: it starts and stops
 * it once, enforces a deadline on every call and isolates its failures. Plugins need no deadlines, retries or locks of
 * their own for this.
 *
 * This file, `transcriber.ts`, `host.ts`, `socket.ts`, `provider-event.ts`, `vocabulary.ts` and `standard-schema.ts` are
 * stable. Within a version, only optional additions are made: optional methods and fields, event types, enum values and
 * codes. A change that requires plugins to change increments the version.
 */
import type { CallStatus, Capability, CheckState, MessageRole, Party } from './vocabulary.ts';
import type { CallId, CommandId, ProviderCallId } from './ids.ts';
import type { OptionsSchema } from './standard-schema.ts';
import type { ProviderEvent } from './provider-event.ts';
import type { ProviderHost } from './host.ts';
import type { Socket } from './socket.ts';

/** The version of this contract. The daemon rejects plugins of another version when it loads them. */
export const CONTRACT_VERSION = 1;

/** A provider plugin: the default export of its module. Importing the module must have no side effects. */
export interface ProviderPlugin<Options> {
  /** Name in logs, for example `vapi`. */
  readonly name: string;
  /** Name in the user interface, for example `Vapi`. */
  readonly displayName: string;
  readonly contract: typeof CONTRACT_VERSION;
  /** Validates `options` of the configuration and fills in defaults. Should reject unknown keys. */
  readonly options: OptionsSchema<Options>;
  /**
   * The grammar of the provider's call ids, anchored at both ends. Events of a call with another id are rejected, and the request
   * that sent it is answered with 400. Without it, any id is accepted that can be a segment of a path.
   */
  readonly callIdPattern?: RegExp;
  /**
   * Creates an instance, synchronously and without I/O. The instance reaches everything outside itself through `host`.
   * Called once for each instance: if a start fails, the next attempt uses a new instance with a new host.
   * @throws {FaultError} If no instance can be created. A fault of kind `config` is final, any other is retried.
   */
  create(options: Options, host: ProviderHost): Provider;
}

/** An instance of a provider plugin. */
export interface Provider {
  /**
   * Prepares the instance to serve calls. `signal` aborts after 15 s. If the promise rejects, the instance is discarded
   * without a call to `stop`, and the daemon retries with a new one, unless the fault is of kind `config`.
   */
  start(signal: AbortSignal): Promise<void>;
  /**
   * Ends every timer, socket and request of the instance. `signal` aborts after 5 s. Events that are emitted after the
   * promise has settled are dropped.
   */
  stop(signal: AbortSignal): Promise<void>;
  /** Actions on live calls. */
  readonly controls?: Controls;
  /**
   * Returns the capabilities of one call at this moment. If it is missing, every control applies to every live call. May
   * include LISTEN if audio of the call is available, although the daemon implements it.
   */
  controlsFor?(call: ControlledCall): readonly Capability[];
  /**
   * Reads from `host.state` what another instance may have stored about a call, so that `controlsFor` and the controls know it. The
   * daemon calls it only if `host.state.isShared`: before each control, and before `controlsFor` unless it did so within 2 s.
   * `signal` aborts after 5 s. If it rejects, what is in memory counts.
   */
  loadCall?(providerCallId: ProviderCallId, signal: AbortSignal): Promise<void>;
  /**
   * True if the provider sends the transcript of its calls as `utterance.…` events. Calls with `transcribe: auto` then
   * need no transcriber. Default: false.
   */
  readonly providesTranscript?: boolean;
  /** Places a call. Resolves with the provider's id when the provider has accepted it; see {@link Control} for errors. */
  placeCall?(args: PlaceCallArguments, context: CommandContext): Promise<ProviderCallId>;
  /**
   * Starts to follow a live call that the provider has not reported, by emitting its current state and, if it has to be
   * requested, its audio. Resolves when the provider has accepted the request.
   * @throws {FaultError} CALL_NOT_FOUND or CALL_NOT_LIVE if there is no such live call, or any code of a {@link Control}.
   */
  watch?(providerCallId: ProviderCallId, context: CommandContext): Promise<void>;
  /** Handles HTTP requests and WebSockets of the provider. */
  readonly ingress?: Ingress;
  /**
   * Emits the current state of calls that were live when the daemon stopped, or that are quiet: live, and without a stored
   * event for 5 minutes; checked every minute. Partials, levels and audio are no stored events,
   * so a long monologue is quiet too. While a call stays quiet, it is passed again every 5 minutes.
   *
   * For each call that has ended, emit its end. If the provider answers that it does not know the call (404), emit an end with
   * the category UNKNOWN: the call would otherwise be live for ever. If the provider cannot be reached, rejects the
   * credentials or the rate, or answers with a server error, emit nothing: nothing is known about the call. For a call that is
   * still live, nothing need be emitted; what was missed meanwhile may be.
   *
   * `signal` aborts after 10 minutes. If it rejects, some calls could not be checked; the daemon logs that and continues.
   */
  reconcile?(calls: readonly ControlledCall[], signal: AbortSignal): Promise<void>;
  /**
   * Yields past calls in pages, newest first, each call as the complete list of its events. The daemon stores a page before
   * it requests the next, and may stop after any page. Dedupe keys and the comparison of reported transcripts keep calls
   * that are already stored from being duplicated.
   */
  backfill?(request: BackfillRequest, signal: AbortSignal): AsyncIterable<BackfillPage>;
  /**
   * Resolves if the provider is reachable and accepts the credentials, otherwise rejects. Called after the start and every
   * minute; `signal` aborts after 10 s. `sidetone check` also calls it on an instance that is never started, beside a running
   * daemon: it must not need what the start prepares.
   */
  health?(signal: AbortSignal): Promise<void>;
  /**
   * Checks the configuration at the provider: that it accepts the credentials, that its settings have the URLs of this instance,
   * that they report everything that is needed. Called when an administrator asks, at most every 10 s, and by `sidetone check`
   * on an instance that is never started; `signal` aborts after 15 s. Send only requests that change nothing.
   *
   * Resolves with a result for each check, in the order in which an operator should read them, within
   * {@link DIAGNOSTIC_LIMITS}. A check that fails, or that cannot be made, is a result: it must not reject. No text may contain
   * a secret or a telephone number.
   */
  diagnostics?(signal: AbortSignal): Promise<readonly Diagnostic[]>;
}

/** A result of {@link Provider.diagnostics}. */
export interface Diagnostic {
  /** What was checked, for example `server URL of assistants`. Unique in a list. */
  readonly name: string;
  readonly state: CheckState;
  /** What was found, for people: one sentence without a full stop. */
  readonly message: string;
  /** What to do about it, as full sentences. */
  readonly remedy?: string;
}

/** Limits of {@link Provider.diagnostics}. The daemon drops further results, and cuts texts. */
export const DIAGNOSTIC_LIMITS = { results: 20, nameCharacters: 80, textCharacters: 500 } as const;

/** A request for the past calls that were created in `[since, until)`, in epoch ms. */
export interface BackfillRequest {
  readonly since: number;
  readonly until: number;
  /** `position` of the last page that was stored, if an earlier run stopped there. */
  readonly resumeAt?: string;
}

/** A page of past calls. */
export interface BackfillPage {
  readonly events: readonly ProviderEvent[];
  /** Number of calls in `events`. */
  readonly calls: number;
  /** Cursor from which a later run continues after this page; opaque to the daemon. */
  readonly position: string;
  /** Creation time of the oldest call so far, in epoch ms; the daemon reports it as progress. */
  readonly reached: number;
}

/** A call as it is passed to controls. */
export interface ControlledCall {
  readonly id: CallId;
  readonly providerCallId: ProviderCallId;
  readonly status: CallStatus;
  readonly from?: string;
  readonly to?: string;
}

/** The context of a command. */
export interface CommandContext {
  readonly commandId: CommandId;
  /** Aborts after 15 s, or when the instance stops. The outcome of the command is then UNKNOWN. */
  readonly signal: AbortSignal;
}

/** The arguments of a control without arguments. */
export type NoArguments = Readonly<Record<string, never>>;

/** The arguments of each control. */
export interface ControlArguments {
  readonly say: {
    readonly content: string;
    readonly endCallAfterSpoken: boolean;
    /** Interrupts what the assistant is saying, instead of queueing behind it. */
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
  /** Has exactly one of `number` and `sipUri`. */
  readonly transfer: {
    readonly number?: string;
    readonly extension?: string;
    readonly sipUri?: string;
    readonly callerId?: string;
    readonly content?: string;
    readonly providerOptions?: Readonly<Record<string, unknown>>;
  };
  /** Has exactly one of `assistantId`, `assistant` and `streamUrl`. */
  readonly handoff: {
    readonly assistantId?: string;
    readonly assistant?: Readonly<Record<string, unknown>>;
    readonly streamUrl?: string;
    readonly content?: string;
    readonly providerOptions?: Readonly<Record<string, unknown>>;
  };
  readonly endCall: NoArguments;
  /** `digits` is 1 to 64 of `0-9 * # A-D`, with `w` or `W` for a pause. */
  readonly sendDtmf: { readonly digits: string };
  readonly playAudio: { readonly url: string };
  readonly clearAudio: NoArguments;
}

/** The name of a control. */
export type ControlName = keyof ControlArguments;

/**
 * An action on a live call. Resolves when the provider has accepted the command; that it took effect is reported by an
 * event.
 * @throws {FaultError} with a code of this table. Any other error counts as PROVIDER_REFUSED. `requestProvider` and
 * `faultOfResponse` of plugin-kit choose the code for HTTP.
 *
 * | Situation                                                                            | Code                    |
 * | ------------------------------------------------------------------------------------ | ----------------------- |
 * | An argument is invalid, and no request was sent: `invalidArgument(name, problem)`    | `INPUT_INVALID`         |
 * | The provider does not know the call: 404                                             | `CALL_NOT_FOUND`        |
 * | The call has ended, or is not connected yet                                          | `CALL_NOT_LIVE`         |
 * | Not possible for this call, though for others; better, leave it out of `controlsFor` | `CAPABILITY_MISSING`    |
 * | The provider rejected the request: 400, 401, 403, 500, a redirect                    | `PROVIDER_REFUSED`      |
 * | The provider rejected the request because of its rate: 429                           | `PROVIDER_RATE_LIMITED` |
 * | The provider certainly did not receive the request: no connection, 503               | `PROVIDER_UNREACHABLE`  |
 * | It may have been carried out: no answer in time, a lost connection, 408, 502, 504    | `PROVIDER_TIMEOUT`      |
 * | A call was placed, and the answer has no id, so it cannot be followed                | `PROVIDER_TIMEOUT`      |
 *
 * A client may repeat the command after `PROVIDER_UNREACHABLE`; after `PROVIDER_TIMEOUT`, it could act twice.
 */
export type Control<Name extends ControlName> = (
  call: ControlledCall,
  args: ControlArguments[Name],
  context: CommandContext,
) => Promise<void>;

/** The controls of a provider. A missing control is not supported. */
export type Controls = { readonly [Name in ControlName]?: Control<Name> };

/** The capabilities that a provider has because it has a control. */
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

/**
 * Arguments of {@link Provider.placeCall}. Numbers are E.164 with `+`, or the digits of a national number or a short code, whose
 * country the daemon does not know.
 */
export interface PlaceCallArguments {
  /** Empty if the client named none. Reject it with INPUT_INVALID unless the call needs no number or address. */
  readonly to: string;
  readonly from?: string;
  readonly assistantId?: string;
  readonly providerOptions?: Readonly<Record<string, unknown>>;
}

/**
 * Handles what a provider sends to `/providers/{providerId}/` of the daemon. The daemon owns the server and limits the
 * size of requests and messages.
 */
export interface Ingress {
  /**
   * Handles one HTTP request; `request.signal` aborts after 30 s. Events that it emits are stored before the response is
   * sent, so the provider does not need to redeliver after a 2xx. If an event cannot be stored, the daemon sends 503 instead
   * of the response, and 429 if it exceeds the rate limit, so handle a redelivery like the first one. If it rejects, the
   * response is 4xx or 5xx, by the code of the fault.
   */
  request?(request: IngressRequest): Promise<IngressResponse>;
  /**
   * Decides by the headers of an HTTP request whether its body is read and passed to `request`. Implement it if a header
   * contains a secret or a signature: reject a request without one, or with one that cannot be valid. `request` has to
   * verify the request nevertheless. If it is missing, every body is read.
   * @throws {FaultError} WEBHOOK_UNAUTHENTICATED, instead of returning a rejection, to give a reason.
   */
  admitRequest?(request: IngressRequestHead): Admission;
  /**
   * The size of the largest body that the provider sends, bytes, if it can exceed the default of `limits.webhookBytes`.
   * At most 16 MiB.
   */
  readonly maxBodyBytes?: number;
  /**
   * The webhooks that the operator configures at the provider. The daemon logs their URLs at the start, shows them in the API
   * and the dashboard, and reports if none arrives. Leave out optional ones.
   */
  readonly webhooks?: readonly WebhookSetting[];
  /**
   * Reads from `host.state` what `admitSocket` needs to know about a handshake, for example a token that another instance has issued.
   * The daemon calls it only if `host.state.isShared`. If it rejects, the handshake is answered with 5xx.
   */
  loadSocket?(request: IngressRequest): Promise<void>;
  /** Returns whether a WebSocket handshake is accepted. If it is missing, every handshake is. */
  admitSocket?(request: IngressRequest): Admission;
  /** Handles an open WebSocket. The plugin closes it; the daemon closes sockets that are left when the instance ends. */
  socket?(request: IngressRequest, socket: Socket): void;
}

/** A webhook that the operator configures at the provider. */
export interface WebhookSetting {
  /** The path below `/providers/{providerId}/`, without a leading slash. */
  readonly path: string;
  /** The name of the setting at the provider, for people, for example `server URL`. */
  readonly setting: string;
}

/** The decision on a request or WebSocket handshake, with the HTTP status of a rejection. */
export type Admission =
  { readonly admit: true } | { readonly admit: false; readonly status: 401 | 403 | 404 };

/** An HTTP request of the provider, or a WebSocket handshake. */
export interface IngressRequest {
  readonly method: string;
  /** The path below `/providers/{providerId}/`, decoded, without a leading slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  /**
   * The public URL as the provider requested it, with the slashes and the encoding that it used: a signature of the URL may
   * be of this one instead of `host.publicUrl(path)`. A proxy may have changed it.
   */
  readonly requestedUrl?: URL;
  /** Header names are in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The unparsed body, so that signatures can be verified; empty for a handshake. */
  readonly body: Uint8Array;
  /** Time of arrival, in epoch ms. */
  readonly receivedAt: number;
  readonly signal: AbortSignal;
  /**
   * Resolves with the status of the response, before it is sent: 503 if the events could not be stored, whatever the plugin
   * returned. Never rejects. Missing for a handshake.
   */
  readonly responseStatus?: Promise<number>;
}

/** An HTTP request whose body has not been read. */
export type IngressRequestHead = Omit<IngressRequest, 'body' | 'signal' | 'responseStatus'>;

/** The response to the provider. */
export interface IngressResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Returns `plugin` unchanged; infers its types. Use it as `export default defineProvider({ ... })`. */
export function defineProvider<Options>(plugin: ProviderPlugin<Options>): ProviderPlugin<Options> {
  return plugin;
}

/** Returns the capabilities of a provider, derived from the controls and methods that it has. */
export function capabilitiesOf(provider: Pick<Provider, 'controls' | 'placeCall'>): readonly Capability[] {
  const names = Object.keys(CONTROL_CAPABILITIES) as ControlName[];
  const controls = names.filter((name) => provider.controls?.[name] !== undefined);
  return [
    ...controls.flatMap((name): readonly Capability[] => CONTROL_CAPABILITIES[name]),
    ...(provider.placeCall ? (['PLACE_CALL'] as const) : []),
  ];
}
