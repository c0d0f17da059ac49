/** One instance of a provider plugin and the requests to it. Every request has a deadline. */
import {
  capabilitiesOf,
  FaultError,
  isFault,
  messageOf,
  type Admission,
  type BackfillPage,
  type BackfillRequest,
  type Capability,
  type CommandContext,
  type CommandId,
  type ControlArguments,
  type ControlledCall,
  type ControlName,
  type IngressRequest,
  type IngressRequestHead,
  type IngressResponse,
  type PlaceCallArguments,
  type ProviderCallId,
  type Socket,
  type WebhookSetting,
} from '@sidetone/core';
import type { ServedProvider } from './served-provider.ts';
import { expectSmallJson } from './request-check.ts';
import { SharedCalls } from './shared-calls.ts';
import { runGuarded, type ExceptionListener } from '../supervision/lease.ts';
import { leaseSocket } from '../supervision/leased-resources.ts';
import { PluginInstance, pluginStopped, type PluginInstanceDeps } from '../supervision/plugin-instance.ts';
import type { Acceptance } from '../../calls/loading/acceptance.ts';
import type { RequestFailures } from './request-failures.ts';
import type { NowOrLater } from '../../now-or-later.ts';

/** Long, because a provider is asked for one call after another and may limit the rate of requests. */
const RECONCILE_TIMEOUT_MS = 10 * 60_000;
/** After this the outcome of a command is unknown. */
const CONTROL_TIMEOUT_MS = 15_000;
const INGRESS_TIMEOUT_MS = 30_000;
/** Clients wait for it. */
const LOAD_CALL_TIMEOUT_MS = 5000;
export const DIAGNOSTICS_TIMEOUT_MS = 15_000;
/** The largest body that a plugin can declare, bytes. */
const MAX_DECLARED_BODY_BYTES = 16 * 1024 * 1024;

export interface ProviderInstanceDeps extends Omit<PluginInstanceDeps, 'subject'> {
  readonly provider: ServedProvider;
  readonly requests: Pick<RequestFailures, 'run'>;
  /** Whether other instances can change the state of the plugin. */
  readonly isStateShared?: boolean;
  /** Called when the plugin throws while it handles a request, or a message on an accepted socket. */
  readonly onRequestFailed: ExceptionListener;
}

/** What a provider offers, besides starting and stopping. */
interface ProviderFeatures {
  readonly capabilities: readonly Capability[];
  readonly providesTranscript: boolean;
  readonly canBackfill: boolean;
  readonly canWatch: boolean;
  readonly hasDiagnostics: boolean;
  /** The size of the largest body that the provider declares, bytes; 0 if it declares none. */
  readonly maxBodyBytes: number;
  /** The webhooks that the operator configures at the provider. */
  readonly webhooks: readonly WebhookSetting[];
}

export class ProviderInstance extends PluginInstance {
  readonly features: ProviderFeatures;
  readonly #provider: ServedProvider;
  readonly #deps: ProviderInstanceDeps;
  /** Defined if other instances may know more about calls. */
  readonly #shared: SharedCalls | undefined;

  /** @throws {FaultError} PLUGIN_INVALID if a property of the provider throws. */
  constructor(deps: ProviderInstanceDeps) {
    super({ ...deps, subject: deps.provider });
    this.#provider = deps.provider;
    this.#deps = deps;
    this.features = featuresOf(deps.provider);
    const { isStateShared, provider, clock } = deps;
    this.#shared =
      isStateShared && provider.loadCall ? new SharedCalls(clock, (id) => this.#loadCall(id)) : undefined;
  }

  /** @throws the plugin's error, or PROVIDER_TIMEOUT. */
  async reconcile(calls: readonly ControlledCall[]): Promise<void> {
    this.#deps.lease.begin('reconcile');
    await this.withDeadline(
      RECONCILE_TIMEOUT_MS,
      () => timeoutAfter(RECONCILE_TIMEOUT_MS),
      async (signal) => this.#provider.reconcile?.(calls.map(toControlledCall), signal),
    );
  }

  /** Returns what the plugin permits now; undefined if it has no `controlsFor`; an empty list if it throws. */
  controlsFor(call: ControlledCall): NowOrLater<readonly Capability[] | undefined> {
    if (!this.#provider.controlsFor) return undefined;
    const loading = this.#shared?.loadIfOld(call.providerCallId);
    return loading ? loading.then(() => this.#permitted(call)) : this.#permitted(call);
  }

  #permitted(call: ControlledCall): NowOrLater<readonly Capability[]> {
    try {
      const permitted = this.#provider.controlsFor!(toControlledCall(call));
      return permitted instanceof Promise ? permitted : [...permitted];
    } catch (error) {
      this.#deps.onException('controlsFor', error);
      return [];
    }
  }

  /** @throws {FaultError} CAPABILITY_MISSING or PROVIDER_TIMEOUT, or the plugin's error. */
  async control<Name extends ControlName>(
    name: Name,
    call: ControlledCall,
    args: ControlArguments[Name],
    commandId: CommandId,
  ): Promise<void> {
    const control = this.#provider.controls?.[name];
    if (!control) throw new FaultError('CAPABILITY_MISSING', `the provider does not support ${name}`);
    await this.#runCommand(commandId, async (context) => {
      await this.#shared?.load(call.providerCallId);
      await control(toControlledCall(call), args, context);
    });
  }

  /** @throws as `control`. */
  async placeCall(args: PlaceCallArguments, commandId: CommandId): Promise<ProviderCallId> {
    if (!this.#provider.placeCall)
      throw new FaultError('CAPABILITY_MISSING', 'the provider does not support placing calls');
    return this.#runCommand(commandId, (context) => this.#provider.placeCall!(args, context));
  }

  /** @throws as `control`. */
  async watch(providerCallId: ProviderCallId, commandId: CommandId): Promise<void> {
    await this.#runCommand(commandId, async (context) => this.#provider.watch?.(providerCallId, context));
  }

  /** Returns what the plugin reports, unchecked. @throws the plugin's error, PROVIDER_TIMEOUT or PROVIDER_NOT_RUNNING. */
  async diagnostics(): Promise<unknown> {
    return this.withDeadline(
      DIAGNOSTICS_TIMEOUT_MS,
      () => timeoutAfter(DIAGNOSTICS_TIMEOUT_MS),
      async (signal) => this.#provider.diagnostics?.(signal),
    );
  }

  /** Yields the plugin's pages. @throws {FaultError} PROVIDER_NOT_RUNNING if the instance ends meanwhile. */
  async *backfill(request: BackfillRequest, signal: AbortSignal): AsyncGenerator<BackfillPage> {
    const pages = this.#provider.backfill?.(request, AbortSignal.any([signal, this.signal])) ?? [];
    for await (const page of pages) {
      if (this.signal.aborted) throw pluginStopped();
      yield page;
    }
  }

  /**
   * @throws {FaultError} WIRE_MALFORMED if the provider has no handler or the body is nested too deep, PROVIDER_TIMEOUT,
   * PROVIDER_NOT_RUNNING if the instance ends meanwhile, PLUGIN_REQUEST_FAILED if the plugin throws, the reason why an event
   * of the request was not accepted, or the plugin's fault.
   * @param acceptance receives the events that wait for their calls
   */
  async request(
    request: Omit<IngressRequest, 'signal'>,
    acceptance?: Pick<Acceptance, 'waitFor'>,
  ): Promise<IngressResponse> {
    const { ingress } = this.#provider;
    if (!ingress?.request)
      throw new FaultError('WIRE_MALFORMED', 'the provider does not accept HTTP requests');
    expectSmallJson(request);
    let timeoutError: FaultError | undefined;
    const onTimeout = (): FaultError => (timeoutError = timeoutAfter(INGRESS_TIMEOUT_MS));
    try {
      const response = await this.withDeadline(INGRESS_TIMEOUT_MS, onTimeout, (signal) =>
        this.#deps.requests.run(() => ingress.request!({ ...request, signal }), acceptance),
      );
      return expectValid(response, Number.isInteger(response?.status), 'a response with a status');
    } catch (error) {
      if (timeoutError && error === timeoutError) this.#deps.onRequestFailed('ingress.request', error);
      throw this.#requestFault('ingress.request', error);
    }
  }

  /** Returns whether the provider admits a request whose body has not been read. @throws as `admitSocket`. */
  admitRequest(request: IngressRequestHead): NowOrLater<Admission> {
    const { ingress } = this.#provider;
    if (!ingress?.admitRequest) return { admit: true };
    return this.#admission('ingress.admitRequest', () => ingress.admitRequest!(request));
  }

  /** Returns whether the provider admits a socket. @throws {FaultError} PLUGIN_REQUEST_FAILED, or the plugin's fault. */
  admitSocket(request: IngressRequest): NowOrLater<Admission> {
    const { ingress } = this.#provider;
    if (!ingress?.socket) return { admit: false, status: 404 };
    const admit = (): NowOrLater<Admission> =>
      ingress.admitSocket ? ingress.admitSocket(request) : { admit: true };
    const { isStateShared } = this.#deps;
    if (!isStateShared || !ingress.loadSocket) return this.#admission('ingress.admitSocket', admit);
    return this.#admission('ingress.loadSocket', async () => {
      await ingress.loadSocket!(request);
      return admit();
    });
  }

  #admission(where: string, decide: () => NowOrLater<Admission>): NowOrLater<Admission> {
    const check = (admission: Admission): Admission =>
      expectValid(admission, typeof admission?.admit === 'boolean', 'an admission');
    const fail = (error: unknown): never => {
      throw this.#requestFault(where, error);
    };
    try {
      const decided = decide();
      return decided instanceof Promise
        ? this.#inTime(() => decided)
            .then(check)
            .catch(fail)
        : check(decided);
    } catch (error) {
      return fail(error);
    }
  }

  /** Never rejects: what is in memory counts then. */
  async #loadCall(id: ProviderCallId): Promise<void> {
    try {
      await this.withDeadline(
        LOAD_CALL_TIMEOUT_MS,
        () => timeoutAfter(LOAD_CALL_TIMEOUT_MS),
        async (signal) => this.#provider.loadCall?.(id, signal),
      );
    } catch (error) {
      const reason = messageOf(error);
      this.#deps.log.warn('loading what other nodes know of a call failed', { providerCallId: id, reason });
    }
  }

  /** With the deadline of a request. */
  #inTime<Value>(task: () => Promise<Value>): Promise<Value> {
    return this.withDeadline(INGRESS_TIMEOUT_MS, () => timeoutAfter(INGRESS_TIMEOUT_MS), task);
  }

  /** Passes a socket to the plugin, which closes it; otherwise it is closed when the instance ends. */
  socket(request: IngressRequest, socket: Socket): void {
    const { lease, onRequestFailed } = this.#deps;
    const leased = leaseSocket(socket, lease, (where, task) =>
      runGuarded(task, (error) => onRequestFailed(where, error)),
    );
    lease.begin('socket');
    runGuarded(
      () => this.#provider.ingress!.socket!(request, leased),
      (error) => {
        onRequestFailed('ingress.socket', error);
        socket.close(1011);
      },
    );
  }

  /** A fault is a rejection of the request. Anything else is reported: a failure of this request only. */
  #requestFault(where: string, error: unknown): FaultError {
    if (isFault(error)) return error;
    this.#deps.onRequestFailed(where, error);
    return new FaultError('PLUGIN_REQUEST_FAILED', `${where}: ${messageOf(error)}`, { cause: error });
  }

  #runCommand<Result>(
    commandId: CommandId,
    run: (context: CommandContext) => Promise<Result>,
  ): Promise<Result> {
    this.#deps.lease.begin('command');
    const stopped = new FaultError('PROVIDER_TIMEOUT', 'the provider was stopped before it responded');
    return this.withDeadline(
      CONTROL_TIMEOUT_MS,
      () => timeoutAfter(CONTROL_TIMEOUT_MS),
      (signal) => run({ commandId, signal }),
      () => stopped,
    );
  }
}

function featuresOf(provider: ServedProvider): ProviderFeatures {
  try {
    return {
      capabilities: capabilitiesOf(provider),
      providesTranscript: provider.providesTranscript === true,
      canBackfill: provider.backfill !== undefined,
      canWatch: provider.watch !== undefined,
      hasDiagnostics: provider.diagnostics !== undefined,
      maxBodyBytes: maxBodyBytesOf(provider),
      webhooks: webhooksOf(provider),
    };
  } catch (cause) {
    const message = `reading a property of the provider threw an exception: ${messageOf(cause)}`;
    throw new FaultError('PLUGIN_INVALID', message, { cause });
  }
}

function webhooksOf({ ingress }: ServedProvider): readonly WebhookSetting[] {
  const isValid = ({ path, setting }: WebhookSetting): boolean =>
    typeof path === 'string' && typeof setting === 'string';
  return (ingress?.webhooks ?? []).filter(isValid).map(({ path, setting }) => ({ path, setting }));
}

function maxBodyBytesOf({ ingress }: ServedProvider): number {
  const bytes = ingress?.maxBodyBytes;
  return typeof bytes === 'number' && bytes > 0 ? Math.min(bytes, MAX_DECLARED_BODY_BYTES) : 0;
}

const timeoutAfter = (timeoutMs: number): FaultError =>
  new FaultError('PROVIDER_TIMEOUT', `the provider did not respond within ${timeoutMs / 1000} s`);

function expectValid<Value>(value: Value, isValid: boolean, expected: string): Value {
  if (isValid) return value;
  throw new TypeError(`expected ${expected}`);
}

/** Copies the properties of the contract. */
function toControlledCall(call: ControlledCall): ControlledCall {
  const { id, providerCallId, status, from, to } = call;
  return { id, providerCallId, status, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}
