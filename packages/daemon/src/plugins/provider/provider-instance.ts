/** An instance of a provider plugin, and what is asked of it. Every wait is bounded. */
import {
  FaultError,
  isFault,
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
  type IngressResponse,
  type PlaceCallArguments,
  type Provider,
  type ProviderCallId,
  type Socket,
} from '@sidetone/core';
import { leaseSocket } from '../sockets/leased-socket.ts';
import { ended, PluginInstance, type PluginInstanceDeps } from '../supervision/plugin-instance.ts';

/** A provider is asked about its calls one by one, and may ask us to slow down. */
const RECONCILE_TIMEOUT_MS = 10 * 60_000;
/** How long a provider may think about a command before its outcome is unknown. */
const CONTROL_TIMEOUT_MS = 15_000;
const INGRESS_TIMEOUT_MS = 30_000;

export interface ProviderInstanceDeps extends Omit<PluginInstanceDeps, 'subject'> {
  readonly provider: Provider;
}

export class ProviderInstance extends PluginInstance {
  readonly provider: Provider;
  readonly #deps: ProviderInstanceDeps;

  constructor(deps: ProviderInstanceDeps) {
    super({ ...deps, subject: deps.provider });
    this.provider = deps.provider;
    this.#deps = deps;
  }

  /** @throws what the provider threw, PROVIDER_TIMEOUT when it does not tell. */
  async reconcile(calls: readonly ControlledCall[]): Promise<void> {
    const late = new FaultError('PROVIDER_TIMEOUT', 'the provider did not tell in time');
    await this.within(RECONCILE_TIMEOUT_MS, late, async (signal) =>
      this.provider.reconcile?.(calls.map(asControlled), signal),
    );
  }

  /** What the plugin says is possible now; nothing when it does not say. An empty list when it throws. */
  controlsFor(call: ControlledCall): readonly Capability[] | undefined {
    if (!this.provider.controlsFor) return undefined;
    try {
      return [...this.provider.controlsFor(asControlled(call))];
    } catch (error) {
      this.#deps.onThrow('controlsFor', error);
      return [];
    }
  }

  /** @throws {FaultError} CAPABILITY_MISSING or PROVIDER_TIMEOUT, or what the plugin threw. */
  async control<Name extends ControlName>(
    name: Name,
    call: ControlledCall,
    args: ControlArguments[Name],
    commandId: CommandId,
  ): Promise<void> {
    const control = this.provider.controls?.[name];
    if (!control) throw new FaultError('CAPABILITY_MISSING', `the provider has no ${name}`);
    await this.#ask(commandId, (context) => control(asControlled(call), args, context));
  }

  async placeCall(args: PlaceCallArguments, commandId: CommandId): Promise<ProviderCallId> {
    if (!this.provider.placeCall)
      throw new FaultError('CAPABILITY_MISSING', 'the provider cannot place calls');
    return this.#ask(commandId, (context) => this.provider.placeCall!(args, context));
  }

  async watch(providerCallId: ProviderCallId, commandId: CommandId): Promise<void> {
    await this.#ask(commandId, async (context) => this.provider.watch?.(providerCallId, context));
  }

  /** Pages as the plugin gives them. @throws {FaultError} PROVIDER_NOT_RUNNING when the instance ends on the way. */
  async *backfill(request: BackfillRequest, signal: AbortSignal): AsyncGenerator<BackfillPage> {
    const pages = this.provider.backfill?.(request, AbortSignal.any([signal, this.signal])) ?? [];
    for await (const page of pages) {
      if (this.signal.aborted) throw ended();
      yield page;
    }
  }

  /** @throws {FaultError} when there is no such address, or the plugin refuses the request, or it ends on the way. */
  async request(request: Omit<IngressRequest, 'signal'>): Promise<IngressResponse> {
    const { ingress } = this.provider;
    if (!ingress?.request) throw new FaultError('WIRE_MALFORMED', 'this provider takes no requests');
    const late = new FaultError('PROVIDER_TIMEOUT', 'the plugin did not answer in time');
    try {
      const answer = await this.within(INGRESS_TIMEOUT_MS, late, (signal) =>
        ingress.request!({ ...request, signal }),
      );
      return checked(answer, Number.isInteger(answer?.status), 'an answer without a status');
    } catch (error) {
      // A fault is a refusal in the words of the contract: whoever sends rubbish must not bring the provider down.
      if (!isFault(error) || error === late) this.#deps.onThrow('a request', error);
      throw error;
    }
  }

  /** Whether a socket may be opened. @throws what the plugin threw. */
  admitSocket(request: IngressRequest): Admission {
    const { ingress } = this.provider;
    if (!ingress?.socket) return { admit: false, status: 404 };
    if (!ingress.admitSocket) return { admit: true };
    try {
      const admission = ingress.admitSocket(request);
      return checked(admission, typeof admission?.admit === 'boolean', 'an admission that is none');
    } catch (error) {
      if (!isFault(error)) this.#deps.onThrow('admitSocket', error);
      throw error;
    }
  }

  /** Takes a socket; the plugin closes it, and the end of the instance at the latest. */
  socket(request: IngressRequest, socket: Socket): void {
    const { lease } = this.#deps;
    lease.run(
      'a socket',
      () => this.provider.ingress!.socket!(request, leaseSocket(socket, lease)),
      () => socket.close(1011),
    );
  }

  #ask<Answer>(commandId: CommandId, ask: (context: CommandContext) => Promise<Answer>): Promise<Answer> {
    const late = new FaultError('PROVIDER_TIMEOUT', `no answer within ${CONTROL_TIMEOUT_MS / 1000} s`);
    const cut = new FaultError('PROVIDER_TIMEOUT', 'the provider was stopped before it answered');
    return this.within(CONTROL_TIMEOUT_MS, late, (signal) => ask({ commandId, signal }), cut);
  }
}

function checked<Value>(value: Value, isRight: boolean, found: string): Value {
  if (isRight) return value;
  throw new TypeError(`the plugin gave ${found}`);
}

function asControlled(call: ControlledCall): ControlledCall {
  const { id, providerCallId, status, from, to } = call;
  return { id, providerCallId, status, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}
