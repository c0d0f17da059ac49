/** Access to plugin instances for the rest of the daemon, and the port of the plugins' state store. */
import type {
  BackfillPage,
  BackfillRequest,
  CallId,
  Capability,
  CommandId,
  ControlArguments,
  ControlName,
  ControlledCall,
  Party,
  PlaceCallArguments,
  ProviderCallId,
  ProviderId,
  ProviderState,
  TranscriptionRequest,
} from '@sidetone/core';
import type { NowOrLater } from '../now-or-later.ts';
import type { DiagnosticReport } from './provider/diagnostics.ts';
import type { ProviderNotice, WebhookUrl } from './provider/provider-notices.ts';
import type { RecentRequest } from './requests/recent-requests.ts';
import type { TrafficView } from './provider/provider-traffic.ts';

/** The configured providers. */
export interface ProviderDirectory {
  list(): readonly ProviderView[];
  get(id: ProviderId): ProviderView | undefined;
}

export interface ProviderView {
  readonly id: ProviderId;
  /** The module or package name in the configuration. */
  readonly plugin: string;
  readonly displayName: string;
  readonly state: ProviderState;
  /** Since when, epoch ms. Absent if it is not configured. */
  readonly stateSince?: number;
  /** Whether it accepts commands: also before its first health check has ended, while its state is STARTING. */
  readonly isRunning: boolean;
  /** Why the state is FAILED or DEGRADED. */
  readonly stateMessage: string | undefined;
  /** Number of requests since the daemon started whose handling threw an exception in the plugin. */
  readonly failedRequests: number;
  /** Number of events since the daemon started that were rejected because of what their sender chose. */
  readonly rejectedEvents: number;
  /** What it has received since the daemon started. */
  readonly traffic: TrafficView;
  /** What the operator should know although it runs. */
  readonly notices: readonly ProviderNotice[];
  /** Its last requests and sockets, in both directions. */
  readonly recentRequests: { list(): readonly RecentRequest[] };
  /** The URLs that the operator enters at the provider. */
  readonly webhookUrls: readonly WebhookUrl[];
  /** Everything that the provider supports. */
  readonly capabilities: readonly Capability[];
  /** Whether the provider sends the transcript of its calls. */
  readonly providesTranscript: boolean;
  /** The capabilities that apply to this call now. */
  capabilitiesFor(call: ControlledCall): NowOrLater<readonly Capability[]>;
  /** Runs a control, with a deadline. @throws {FaultError} whose code is a failure code. */
  control<Name extends ControlName>(
    name: Name,
    call: ControlledCall,
    args: ControlArguments[Name],
    commandId: CommandId,
  ): Promise<void>;
  /** Places a call and returns our id of it. @throws as `control`. */
  placeCall(args: PlaceCallArguments, commandId: CommandId): Promise<CallId>;
  /** Starts to follow a live call that another application set up; absent if unsupported. @throws as `control`. */
  readonly watch?: (providerCallId: ProviderCallId, commandId: CommandId) => Promise<void>;
  /** Checks the configuration at the provider; absent if unsupported. Never rejects. */
  readonly diagnostics?: () => Promise<DiagnosticReport>;
  /** Returns pages of past calls; absent if unsupported. */
  readonly backfill?: (request: BackfillRequest, signal: AbortSignal) => AsyncIterable<BackfillPage>;
}

/** The configured transcribers. */
export interface TranscriberDirectory {
  list(): readonly TranscriberView[];
  get(id: string): TranscriberView | undefined;
  /** Calls the listener whenever a transcriber has started or restarted. */
  onRunning(listener: (id: string) => void): void;
}

export interface TranscriberView {
  /** Its key in the configuration. */
  readonly id: string;
  /** The module or package name in the configuration. */
  readonly plugin: string;
  readonly displayName: string;
  readonly state: ProviderState;
  /** Since when, epoch ms. Absent if it is not configured. */
  readonly stateSince?: number;
  /** Why the state is FAILED or DEGRADED. */
  readonly stateMessage: string | undefined;
  /**
   * Starts to transcribe a call. If the instance ends first, the request receives a FAILED state.
   * @throws {FaultError} PROVIDER_NOT_RUNNING, or the plugin's error.
   */
  open(request: TranscriptionRequest): OpenTranscription;
}

/** The transcription of one call. No method throws. */
export interface OpenTranscription {
  write(party: Party, bytes: Uint8Array, atMs: number): void;
  /** Ends the audio. Resolves after the last result, or a timeout. Never rejects. */
  end(): Promise<void>;
  /** Ends the transcription without waiting for results. */
  cut(): void;
}

/** A small durable key/value store. Each plugin instance of the configuration is an owner. */
export interface StateStore {
  /** Whether other daemons can change it at the same time. */
  readonly isShared: boolean;
  get(owner: string, key: string): NowOrLater<string | undefined>;
  set(owner: string, key: string, value: string): NowOrLater<void>;
  delete(owner: string, key: string): NowOrLater<void>;
  /** Replaces a value if it is `expected`, and returns whether it was; undefined means no value, for both. */
  compareAndSet(
    owner: string,
    key: string,
    expected: string | undefined,
    value: string | undefined,
  ): NowOrLater<boolean>;
  /** Returns the entries whose key starts with `prefix`, sorted by key. */
  list(owner: string, prefix: string): NowOrLater<readonly (readonly [key: string, value: string])[]>;
}
