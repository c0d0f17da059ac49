/**
 * A provider, supervised: started once, stopped once, every wait bounded, and whatever it throws made into a fault.
 * The plugin stays naive; the promises of the contract are kept here.
 */
import {
  capabilitiesOf,
  FaultError,
  isFault,
  messageOf,
  type Admission,
  type BackfillPage,
  type BackfillRequest,
  type Call,
  type CallId,
  type Capability,
  type CommandId,
  type ControlArguments,
  type ControlledCall,
  type ControlName,
  type IngressRequest,
  type IngressResponse,
  type Logger,
  type PlaceCallArguments,
  type Provider,
  type ProviderCallId,
  type ProviderId,
  type ProviderState,
  type Socket,
} from '@sidetone/core';
import type { ProviderView } from '../app/ports.ts';
import { within } from './deadline.ts';
import { mistakeIn } from './event-check.ts';
import type { Gate } from './host.ts';

const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 5000;
/** A provider is asked about its calls one by one, and may ask us to slow down. */
const RECONCILE_TIMEOUT_MS = 10 * 60_000;
/** How long a provider may think about a command before its outcome is unknown. */
const CONTROL_TIMEOUT_MS = 15_000;
const INGRESS_TIMEOUT_MS = 30_000;

export interface SupervisedProviderDeps {
  readonly id: ProviderId;
  readonly plugin: string;
  readonly displayName: string;
  /** The instance, or the reason why there is none. */
  readonly provider: Provider | FaultError;
  readonly gate: Gate;
  readonly log: Logger;
  readonly liveCalls: () => readonly Call[];
  /** Whether a call has a stream: then it can be heard, whatever its plugin says. */
  readonly hasAudio: (callId: CallId) => boolean;
  /** Makes a call known by the provider's id of it, and gives ours. */
  readonly announce: (id: ProviderCallId) => CallId;
}

const NO_CAPABILITIES: readonly Capability[] = [];

export class SupervisedProvider implements ProviderView {
  readonly id: ProviderId;
  readonly plugin: string;
  readonly displayName: string;
  readonly capabilities: readonly Capability[];
  readonly backfill?: NonNullable<ProviderView['backfill']>;
  readonly watch?: NonNullable<ProviderView['watch']>;
  readonly #provider: Provider | undefined;
  readonly #deps: SupervisedProviderDeps;
  #state: ProviderState = 'STARTING';
  #stateMessage: string | undefined;
  readonly #life = new AbortController();

  constructor(deps: SupervisedProviderDeps) {
    this.#deps = deps;
    this.id = deps.id;
    this.plugin = deps.plugin;
    this.displayName = deps.displayName;
    this.#provider = isFault(deps.provider) ? undefined : deps.provider;
    this.capabilities = this.#provider ? capabilitiesOf(this.#provider) : NO_CAPABILITIES;
    if (this.#provider?.backfill) this.backfill = (request, signal) => this.#backfill(request, signal);
    if (this.#provider?.watch) this.watch = (callId, commandId) => this.#watch(callId, commandId);
    if (isFault(deps.provider)) this.#fail(deps.provider);
  }

  get state(): ProviderState {
    return this.#state;
  }

  get stateMessage(): string | undefined {
    return this.#stateMessage;
  }

  /** Never rejects: a provider that cannot start is FAILED, and says why. */
  async start(): Promise<void> {
    const provider = this.#provider;
    if (!provider || this.#state !== 'STARTING') return;
    this.#deps.gate.isOpen = true;
    try {
      const late = new FaultError(
        'PLUGIN_START_TIMEOUT',
        `it did not start within ${START_TIMEOUT_MS / 1000} s`,
      );
      await within(START_TIMEOUT_MS, late, (signal) => provider.start(signal));
      this.#state = 'RUNNING';
      void this.reconcile(this.#deps.liveCalls());
    } catch (error) {
      this.#deps.gate.isOpen = false;
      this.#fail(
        isFault(error) ? error : new FaultError('PLUGIN_START_FAILED', messageOf(error), { cause: error }),
      );
    }
  }

  /** Asks the provider how calls stand, while it already serves; what is news it emits. Never rejects. */
  async reconcile(calls: readonly Call[]): Promise<void> {
    const provider = this.#provider;
    if (!provider?.reconcile || this.#state !== 'RUNNING' || calls.length === 0) return;
    try {
      const late = new FaultError('PROVIDER_TIMEOUT', 'the provider did not tell in time');
      await within(RECONCILE_TIMEOUT_MS, late, (signal) =>
        provider.reconcile!(calls.map(asControlled), AbortSignal.any([signal, this.#life.signal])),
      );
    } catch (error) {
      this.#deps.log.warn('calls could not be reconciled', { calls: calls.length, reason: messageOf(error) });
    }
  }

  /** Never rejects, and never waits longer than its deadline: afterwards nothing the plugin tells is taken. */
  async stop(): Promise<void> {
    const provider = this.#provider;
    if (!provider || this.#state === 'FAILED' || this.#state === 'STOPPED') return;
    this.#state = 'STOPPED';
    this.#life.abort();
    try {
      const late = new FaultError(
        'PLUGIN_STOP_TIMEOUT',
        `it did not stop within ${STOP_TIMEOUT_MS / 1000} s`,
      );
      await within(STOP_TIMEOUT_MS, late, (signal) => provider.stop(signal));
    } catch (error) {
      this.#deps.log.warn('a provider did not stop cleanly', { reason: messageOf(error) });
    }
    this.#deps.gate.isOpen = false;
  }

  capabilitiesFor(call: ControlledCall): readonly Capability[] {
    if (this.#state !== 'RUNNING' || call.status === 'ENDED') return NO_CAPABILITIES;
    try {
      const possible = this.#provider?.controlsFor?.(asControlled(call));
      const steering = possible
        ? this.capabilities.filter((each) => possible.includes(each))
        : this.#callCapabilities();
      const canHear = possible?.includes('LISTEN') || this.#deps.hasAudio(call.id);
      return canHear ? [...steering, 'LISTEN'] : steering;
    } catch (error) {
      this.#deps.log.error('controlsFor threw', { reason: messageOf(error) });
      return NO_CAPABILITIES;
    }
  }

  #callCapabilities(): readonly Capability[] {
    return this.capabilities.filter((each) => each !== 'PLACE_CALL');
  }

  async control<Name extends ControlName>(
    name: Name,
    call: ControlledCall,
    args: ControlArguments[Name],
    commandId: CommandId,
  ): Promise<void> {
    const control = this.#provider?.controls?.[name];
    if (!control) throw new FaultError('CAPABILITY_MISSING', `the provider has no ${name}`);
    const late = new FaultError('PROVIDER_TIMEOUT', `no answer within ${CONTROL_TIMEOUT_MS / 1000} s`);
    await within(CONTROL_TIMEOUT_MS, late, (signal) =>
      control(asControlled(call), args, { commandId, signal }),
    );
  }

  /** What is no event is left out, as it is when it is emitted. */
  async *#backfill(request: BackfillRequest, signal: AbortSignal): AsyncGenerator<BackfillPage> {
    const pages = this.#running().backfill!(request, AbortSignal.any([signal, this.#life.signal]));
    for await (const page of pages) {
      const events = page.events.filter((event) => mistakeIn(event) === undefined);
      this.#deps.gate.droppedEvents += page.events.length - events.length;
      yield { ...page, events };
    }
  }

  async placeCall(args: PlaceCallArguments, commandId: CommandId): Promise<CallId> {
    const provider = this.#running();
    if (!provider.placeCall) throw new FaultError('CAPABILITY_MISSING', 'the provider cannot place calls');
    const late = new FaultError('PROVIDER_TIMEOUT', `no answer within ${CONTROL_TIMEOUT_MS / 1000} s`);
    const id = await within(CONTROL_TIMEOUT_MS, late, (signal) =>
      provider.placeCall!(args, { commandId, signal }),
    );
    return this.#deps.announce(id);
  }

  async #watch(providerCallId: ProviderCallId, commandId: CommandId): Promise<void> {
    const provider = this.#running();
    const late = new FaultError('PROVIDER_TIMEOUT', `no answer within ${CONTROL_TIMEOUT_MS / 1000} s`);
    await within(CONTROL_TIMEOUT_MS, late, (signal) =>
      provider.watch!(providerCallId, { commandId, signal }),
    );
  }

  /** @throws {FaultError} when there is no such address, or the plugin refuses the request. */
  async request(request: Omit<IngressRequest, 'signal'>): Promise<IngressResponse> {
    const ingress = this.#running().ingress;
    if (!ingress?.request) throw new FaultError('WIRE_MALFORMED', 'this provider takes no requests');
    const late = new FaultError('PROVIDER_TIMEOUT', 'the plugin did not answer in time');
    return within(INGRESS_TIMEOUT_MS, late, (signal) => ingress.request!({ ...request, signal }));
  }

  /** Whether a socket may be opened. @throws {FaultError} when the provider is not running. */
  admitSocket(request: IngressRequest): Admission {
    const ingress = this.#running().ingress;
    if (!ingress?.socket) return { admit: false, status: 404 };
    return ingress.admitSocket?.(request) ?? { admit: true };
  }

  socket(request: IngressRequest, socket: Socket): void {
    try {
      this.#running().ingress!.socket!(request, socket);
    } catch (error) {
      this.#deps.log.error('a plugin threw while taking a socket', { reason: messageOf(error) });
      socket.close(1011);
    }
  }

  #running(): Provider {
    if (this.#provider && this.#state === 'RUNNING') return this.#provider;
    throw new FaultError('PROVIDER_NOT_RUNNING', `the provider ${this.id} is not running`);
  }

  #fail(fault: FaultError): void {
    this.#state = 'FAILED';
    this.#stateMessage = `${fault.message}. ${fault.remedy}`;
    this.#deps.log.error('a provider cannot be used', {
      code: fault.code,
      reason: fault.message,
      remedy: fault.remedy,
    });
  }
}

function asControlled(call: ControlledCall): ControlledCall {
  const { id, providerCallId, status, from, to } = call;
  return { id, providerCallId, status, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}
