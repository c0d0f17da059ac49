/**
 * A provider as the rest of the daemon sees it, whatever becomes of its plugin: what is asked of it goes to the instance
 * that runs now, and is refused while none does. The plugin stays naive; the promises of the contract are kept in
 * `provider-instance.ts`, and who lives when is decided in `plugin-life.ts`.
 */
import {
  capabilitiesOf,
  FaultError,
  findProviderEventError,
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
  type PlaceCallArguments,
  type ProviderCallId,
  type ProviderId,
  type ProviderState,
  type Socket,
} from '@sidetone/core';
import type { ProviderView } from '../ports.ts';
import type { ProviderInstance } from './provider-instance.ts';
import { PluginLife, type PluginLifeDeps } from '../supervision/plugin-lifecycle.ts';

/** The closing code for a socket that may be opened again in a moment. */
const TRY_AGAIN_LATER = 1013;

export interface SupervisedProviderDeps extends PluginLifeDeps<ProviderInstance> {
  readonly id: ProviderId;
  readonly plugin: string;
  readonly displayName: string;
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
  /** Those of the first instance; none when there is none. */
  readonly capabilities: readonly Capability[];
  readonly providesTranscript: boolean;
  readonly backfill?: NonNullable<ProviderView['backfill']>;
  readonly watch?: NonNullable<ProviderView['watch']>;
  readonly #deps: SupervisedProviderDeps;
  readonly #life: PluginLife<ProviderInstance>;

  constructor(deps: SupervisedProviderDeps) {
    this.#deps = deps;
    this.id = deps.id;
    this.plugin = deps.plugin;
    this.displayName = deps.displayName;
    this.#life = new PluginLife(deps, () => void this.reconcile(deps.liveCalls()));
    const provider = this.#life.instance?.provider;
    this.capabilities = provider ? capabilitiesOf(provider) : NO_CAPABILITIES;
    this.providesTranscript = provider?.providesTranscript === true;
    if (provider?.backfill) this.backfill = (request, signal) => this.#backfill(request, signal);
    if (provider?.watch) this.watch = async (callId, commandId) => this.#running().watch(callId, commandId);
  }

  get state(): ProviderState {
    return this.#life.state;
  }

  get stateMessage(): string | undefined {
    return this.#life.stateMessage;
  }

  /** Returns when it runs or the first attempt has failed. Never rejects: what cannot start is FAILED, and says why. */
  start(): Promise<void> {
    return this.#life.start();
  }

  /** Never rejects, and never waits longer than its deadline: afterwards nothing the plugin tells is taken. */
  stop(): Promise<void> {
    return this.#life.stop();
  }

  /** Asks the provider how calls stand, while it already serves; what is news it emits. Never rejects. */
  async reconcile(calls: readonly Call[]): Promise<void> {
    const { running } = this.#life;
    if (!running || calls.length === 0) return;
    try {
      await running.reconcile(calls);
    } catch (error) {
      // An instance that was stopped meanwhile could not have told: the next one is asked.
      if (this.#life.running !== running) return;
      this.#deps.log.warn('calls could not be reconciled', { calls: calls.length, reason: messageOf(error) });
    }
  }

  capabilitiesFor(call: ControlledCall): readonly Capability[] {
    const { running } = this.#life;
    if (!running || call.status === 'ENDED') return NO_CAPABILITIES;
    const possible = running.controlsFor(call);
    const steering = possible
      ? this.capabilities.filter((each) => possible.includes(each))
      : this.capabilities.filter((each) => each !== 'PLACE_CALL');
    const canHear = possible?.includes('LISTEN') || this.#deps.hasAudio(call.id);
    return canHear ? [...steering, 'LISTEN'] : steering;
  }

  async control<Name extends ControlName>(
    name: Name,
    call: ControlledCall,
    args: ControlArguments[Name],
    commandId: CommandId,
  ): Promise<void> {
    await this.#running().control(name, call, args, commandId);
  }

  async placeCall(args: PlaceCallArguments, commandId: CommandId): Promise<CallId> {
    return this.#deps.announce(await this.#running().placeCall(args, commandId));
  }

  /** @throws {FaultError} when it is not running, or as `ProviderInstance.request` does. */
  async request(request: Omit<IngressRequest, 'signal'>): Promise<IngressResponse> {
    return this.#running().request(request);
  }

  /** Whether a socket may be opened. @throws {FaultError} when the provider is not running. */
  admitSocket(request: IngressRequest): Admission {
    return this.#running().admitSocket(request);
  }

  /** Takes a socket; one whose provider has gone down since it was admitted is closed. */
  socket(request: IngressRequest, socket: Socket): void {
    const { running } = this.#life;
    if (running) running.socket(request, socket);
    else socket.close(TRY_AGAIN_LATER);
  }

  /** What is no event is left out, as it is when it is emitted. */
  async *#backfill(request: BackfillRequest, signal: AbortSignal): AsyncGenerator<BackfillPage> {
    for await (const page of this.#running().backfill(request, signal)) {
      const events = page.events.filter((event) => {
        const problem = findProviderEventError(event);
        if (problem !== undefined) this.#life.lost('PLUGIN_EVENT_INVALID', problem);
        return problem === undefined;
      });
      yield { ...page, events };
    }
  }

  #running(): ProviderInstance {
    const { running } = this.#life;
    if (running) return running;
    throw new FaultError('PROVIDER_NOT_RUNNING', `the provider ${this.id} is not running`);
  }
}
