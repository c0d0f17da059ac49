/**
 * A configured provider as the rest of the daemon sees it: passes requests to the running instance and rejects them while
 * there is none. `provider-instance.ts` enforces the contract, `plugin-lifecycle.ts` starts and replaces instances.
 */
import {
  FAULTS,
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
  type Diagnostic,
  type IngressRequest,
  type IngressRequestHead,
  type IngressResponse,
  type PlaceCallArguments,
  type ProviderCallId,
  type ProviderId,
  type ProviderState,
  type Socket,
  type WebhookSetting,
} from '@sidetone/core';
import type { Acceptance } from '../../calls/loading/acceptance.ts';
import type { IsolationCounts } from '../isolation/isolation-counts.ts';
import type { ProviderView } from '../ports.ts';
import type { RecentRequests } from '../requests/recent-requests.ts';
import { PluginLifecycle, type PluginLifecycleDeps } from '../supervision/plugin-lifecycle.ts';
import { Diagnostics } from './diagnostics.ts';
import { withinLimits, type EventCheck } from './event-check.ts';
import type { PluginBlocks } from './plugin-blocks.ts';
import type { ProviderInstance } from './provider-instance.ts';
import {
  webhookNotices,
  type ProviderNotice,
  type SetupNotices,
  type WebhookUrl,
} from './provider-notices.ts';
import type { WireCapture } from '../wire-capture/wire-capture.ts';
import type { ProviderTraffic } from './provider-traffic.ts';
import { mapNowOrLater, type NowOrLater } from '../../now-or-later.ts';

/** WebSocket close code for a temporary condition. */
const TRY_AGAIN_LATER = 1013;

export interface SupervisedProviderDeps extends PluginLifecycleDeps<ProviderInstance> {
  readonly id: ProviderId;
  readonly plugin: string;
  readonly displayName: string;
  /** Checks the events of past calls. */
  readonly checkEvent: EventCheck;
  readonly liveCalls: () => readonly Call[];
  /** Whether a call has a media stream, which makes it possible to listen to it. */
  readonly hasAudio: (callId: CallId) => boolean;
  /** Registers a call by the provider's id and returns ours. */
  readonly registerCall: (id: ProviderCallId) => Promise<CallId>;
  readonly traffic: ProviderTraffic;
  readonly setupNotices: SetupNotices;
  readonly blocks: PluginBlocks;
  /** What is counted about its thread, if it has one. */
  readonly isolation?: IsolationCounts;
  readonly recentRequests: RecentRequests;
  /** The file with its requests and messages, if one is configured. */
  readonly capture?: WireCapture | undefined;
  /** Returns the public URL of a path of this instance. */
  readonly urlOf: (path: string) => URL;
  /** Returns the secrets in its options. */
  readonly secrets: () => readonly string[];
}

const NO_CAPABILITIES: readonly Capability[] = [];

export class SupervisedProvider implements ProviderView {
  readonly id: ProviderId;
  readonly plugin: string;
  readonly displayName: string;
  /** The capabilities of the first instance; empty if it could not be created. */
  readonly capabilities: readonly Capability[];
  readonly providesTranscript: boolean;
  readonly backfill?: NonNullable<ProviderView['backfill']>;
  readonly watch?: NonNullable<ProviderView['watch']>;
  readonly diagnostics?: NonNullable<ProviderView['diagnostics']>;
  readonly #deps: SupervisedProviderDeps;
  readonly #lifecycle: PluginLifecycle<ProviderInstance>;
  readonly #webhooks: readonly WebhookSetting[];

  constructor(deps: SupervisedProviderDeps) {
    this.#deps = deps;
    this.id = deps.id;
    this.plugin = deps.plugin;
    this.displayName = deps.displayName;
    this.#lifecycle = new PluginLifecycle(deps, () => void this.reconcile(deps.liveCalls()));
    const features = this.#lifecycle.instance?.features;
    this.capabilities = features?.capabilities ?? NO_CAPABILITIES;
    this.providesTranscript = features?.providesTranscript ?? false;
    this.#webhooks = features?.webhooks ?? [];
    if (features?.canBackfill) this.backfill = (request, signal) => this.#backfill(request, signal);
    if (features?.canWatch) this.watch = async (id, commandId) => this.#running().watch(id, commandId);
    if (features?.hasDiagnostics) {
      const { clock, log, secrets } = deps;
      const diagnostics = new Diagnostics({ clock, log, secrets, run: () => this.#diagnose() });
      this.diagnostics = () => diagnostics.report();
    }
  }

  /** DEGRADED also if no webhook is accepted: it then runs, and receives nothing. */
  get state(): ProviderState {
    const { state } = this.#lifecycle;
    return state === 'RUNNING' && this.traffic.problem !== undefined ? 'DEGRADED' : state;
  }

  get stateSince(): number {
    const { state, stateSince } = this.#lifecycle;
    return state === 'RUNNING' ? Math.max(stateSince, this.traffic.problemChangedAt) : stateSince;
  }

  get isRunning(): boolean {
    return this.#lifecycle.running !== undefined;
  }

  get stateMessage(): string | undefined {
    if (this.state !== 'DEGRADED') return this.#lifecycle.stateMessage;
    const messages = [this.#lifecycle.stateMessage, this.traffic.problem];
    return messages.filter((message) => message !== undefined).join(' ');
  }

  get traffic(): ProviderTraffic {
    return this.#deps.traffic;
  }

  get blocks(): PluginBlocks {
    return this.#deps.blocks;
  }

  get isolation(): IsolationCounts | undefined {
    return this.#deps.isolation;
  }

  get recentRequests(): RecentRequests {
    return this.#deps.recentRequests;
  }

  get capture(): WireCapture | undefined {
    return this.#deps.capture;
  }

  get notices(): readonly ProviderNotice[] {
    const { setupNotices, capture } = this.#deps;
    return [
      ...webhookNotices(this.traffic, this.webhookUrls),
      ...setupNotices.list(),
      ...(capture?.notices ?? []),
    ];
  }

  get webhookUrls(): readonly WebhookUrl[] {
    return this.#webhooks.map(({ path, setting }) => ({ setting, url: this.#deps.urlOf(path).href }));
  }

  /** Whether it has failed and is not retried until the daemon restarts. */
  get isFinal(): boolean {
    return this.#lifecycle.isFinal;
  }

  /** Resolves when the first health check of the running instance has ended. Never rejects. */
  get checked(): Promise<void> {
    return this.#lifecycle.checked;
  }

  get rejectedEvents(): number {
    return this.#lifecycle.rejectedEvents;
  }

  get failedRequests(): number {
    return this.#lifecycle.failedRequests;
  }

  /** Resolves when it runs or the first attempt has failed. Never rejects. */
  start(): Promise<void> {
    this.#deps.capture?.start();
    if (this.#webhooks.length > 0) this.traffic.expectWebhooks(() => this.webhookUrls.map(({ url }) => url));
    return this.#lifecycle.start();
  }

  /** Never rejects; waits at most for the deadline of the instance. Later events of the plugin are dropped. */
  async stop(): Promise<void> {
    this.traffic.close();
    await this.#lifecycle.stop();
    await this.#deps.capture?.stop();
  }

  /** Asks the provider for the current state of calls; it emits events for what changed. Never rejects. */
  async reconcile(calls: readonly Call[]): Promise<void> {
    const { running } = this.#lifecycle;
    if (!running || calls.length === 0) return;
    try {
      await running.reconcile(calls);
    } catch (error) {
      // If the instance was stopped meanwhile, the next one reconciles when it starts.
      if (this.#lifecycle.running !== running) return;
      this.#deps.log.warn('reconcile failed', { calls: calls.length, reason: messageOf(error) });
    }
  }

  capabilitiesFor(call: ControlledCall): NowOrLater<readonly Capability[]> {
    const { running } = this.#lifecycle;
    if (!running || call.status === 'ENDED') return NO_CAPABILITIES;
    return mapNowOrLater(running.controlsFor(call), (permitted) => this.#offered(call, permitted));
  }

  #offered(call: ControlledCall, permitted: readonly Capability[] | undefined): readonly Capability[] {
    const controls = permitted
      ? this.capabilities.filter((capability) => permitted.includes(capability))
      : this.capabilities.filter((capability) => capability !== 'PLACE_CALL');
    const canListen = permitted?.includes('LISTEN') || this.#deps.hasAudio(call.id);
    return canListen ? [...controls, 'LISTEN'] : controls;
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
    return this.#deps.registerCall(await this.#running().placeCall(args, commandId));
  }

  /** @throws {FaultError} PROVIDER_NOT_RUNNING, or as `ProviderInstance.request`. */
  async request(
    request: Omit<IngressRequest, 'signal'>,
    acceptance?: Pick<Acceptance, 'waitFor'>,
  ): Promise<IngressResponse> {
    return this.#running().request(request, acceptance);
  }

  /** Returns whether a request is admitted before its body is read. @throws {FaultError} PROVIDER_NOT_RUNNING. */
  admitRequest(request: IngressRequestHead): NowOrLater<Admission> {
    return this.#running().admitRequest(request);
  }

  /** The size of the largest body that the running instance declares, bytes; 0 if it declares none. */
  get maxBodyBytes(): number {
    return this.#lifecycle.running?.features.maxBodyBytes ?? 0;
  }

  /** Returns whether a socket is admitted. @throws {FaultError} PROVIDER_NOT_RUNNING. */
  admitSocket(request: IngressRequest): NowOrLater<Admission> {
    return this.#running().admitSocket(request);
  }

  /** Passes on an admitted socket; closes it if the provider has stopped since. */
  socket(request: IngressRequest, socket: Socket): void {
    const { running } = this.#lifecycle;
    if (running) running.socket(request, socket);
    else socket.close(TRY_AGAIN_LATER);
  }

  /** Drops invalid events, as `emit` does. */
  async *#backfill(request: BackfillRequest, signal: AbortSignal): AsyncGenerator<BackfillPage> {
    for await (const page of this.#running().backfill(request, signal)) {
      const events = page.events.filter((event) => {
        const problem = findProviderEventError(event);
        if (problem !== undefined) {
          this.#lifecycle.onEventDropped('PLUGIN_EVENT_INVALID', problem);
          return false;
        }
        const rejection = this.#deps.checkEvent(event);
        if (rejection !== undefined) this.#lifecycle.onEventRejected(rejection);
        return rejection === undefined;
      });
      yield { ...page, events: events.flatMap(withinLimits) };
    }
  }

  /** Why it does not run is the only result while it does not. @throws as `ProviderInstance.diagnostics`. */
  async #diagnose(): Promise<unknown> {
    const { running } = this.#lifecycle;
    if (running) return running.diagnostics();
    const message = this.stateMessage ?? 'the provider is not running';
    const { remedy } = FAULTS.PROVIDER_NOT_RUNNING;
    return [{ name: 'instance', state: 'FAILED', message, remedy } satisfies Diagnostic];
  }

  /** @throws {FaultError} PROVIDER_NOT_RUNNING. */
  #running(): ProviderInstance {
    const { running } = this.#lifecycle;
    if (running) return running;
    throw new FaultError('PROVIDER_NOT_RUNNING', `the provider ${this.id} is not running`);
  }
}
