/** What the daemon needs from plugin instances, and what plugins need from the store. */
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

/** The provider instances, as the application sees them. */
export interface ProviderDirectory {
  list(): readonly ProviderView[];
  get(id: ProviderId): ProviderView | undefined;
}

export interface ProviderView {
  readonly id: ProviderId;
  readonly plugin: string;
  readonly displayName: string;
  readonly state: ProviderState;
  readonly stateMessage: string | undefined;
  /** What the provider can do at all. */
  readonly capabilities: readonly Capability[];
  /** Whether it tells what is said in its calls. */
  readonly providesTranscript: boolean;
  /** What can be done to this call now. */
  capabilitiesFor(call: ControlledCall): readonly Capability[];
  /** Asks the provider. Rejects with a fault whose code is a failure code; bounded in time. */
  control<Name extends ControlName>(
    name: Name,
    call: ControlledCall,
    args: ControlArguments[Name],
    commandId: CommandId,
  ): Promise<void>;
  /** Asks the provider to begin a call, and gives our id of it. Rejects as `control` does. */
  placeCall(args: PlaceCallArguments, commandId: CommandId): Promise<CallId>;
  /** Takes up a live call that others set up, where the provider can. Rejects as `control` does. */
  readonly watch?: (providerCallId: ProviderCallId, commandId: CommandId) => Promise<void>;
  /** Past calls, page by page, where the provider tells of them. */
  readonly backfill?: (request: BackfillRequest, signal: AbortSignal) => AsyncIterable<BackfillPage>;
}

/** The transcriber instances, as the application sees them. */
export interface TranscriberDirectory {
  list(): readonly TranscriberView[];
  get(id: string): TranscriberView | undefined;
  /** Calls back whenever one runs that did not before. */
  onRunning(listener: (id: string) => void): void;
}

export interface TranscriberView {
  /** Its key in the configuration. */
  readonly id: string;
  readonly plugin: string;
  readonly displayName: string;
  readonly state: ProviderState;
  readonly stateMessage: string | undefined;
  /**
   * Begins to transcribe a call. When the instance ends before it, the request is told that it has FAILED.
   * @throws {FaultError} PROVIDER_NOT_RUNNING, or what the plugin threw.
   */
  open(request: TranscriptionRequest): OpenTranscription;
}

/** A call that a transcriber hears. Nothing here throws. */
export interface OpenTranscription {
  write(party: Party, bytes: Uint8Array, atMs: number): void;
  /** No more audio comes. Settles once the last words were told, or they have taken too long. Never rejects. */
  end(): Promise<void>;
  /** Nothing more is wanted. */
  cut(): void;
}

/** A small durable key/value store, one for each provider instance. */
export interface StateStore {
  get(providerId: ProviderId, key: string): string | undefined;
  set(providerId: ProviderId, key: string, value: string): void;
  delete(providerId: ProviderId, key: string): void;
  list(providerId: ProviderId, prefix: string): readonly (readonly [string, string])[];
}
