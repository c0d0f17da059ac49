/** What an instance with the keys of an account does over REST, apart from controls. */
import {
  FaultError,
  type CommandContext,
  type Provider,
  type ProviderCallId,
  type ProviderHost,
  type Secret,
} from '@sidetone/core';
import { createStateLease, forEachCall } from '@sidetone/plugin-kit';
import type { CallTracker } from '../calls/call-tracker.ts';
import { callNotice } from '../calls/notices.ts';
import type { VobizOptions } from '../config.ts';
import { trackUrl } from '../stream/split-tracks.ts';
import type { StreamTokens } from '../stream/stream-tokens.ts';
import { TRACKS } from '../wire.ts';
import { createVobizApi, type StreamTarget, type VobizApi } from './api.ts';
import { createAttacher, type Attacher } from './attach.ts';
import { backfill } from './backfill.ts';
import { createCallCosts, type CallCosts } from './call-costs.ts';
import { diagnose } from './diagnostics.ts';
import { createLookup, type Lookup } from './lookup.ts';
import { sweepLiveCalls, SWEEP_MAX_DELAY_MS } from './sweep.ts';

/** The key of the lease of sweeps in the state. */
const SWEEP_LEASE = 'lease/sweep';

interface AccountDeps {
  readonly host: ProviderHost;
  readonly options: Pick<VobizOptions, 'answer' | 'apiBaseUrl' | 'attach' | 'signature'>;
  readonly keys: { readonly authId: string; readonly authToken: Secret };
  readonly calls: CallTracker;
  readonly tokens: Pick<StreamTokens, 'originOf' | 'read'>;
  /** Returns whether a call has an open one-way stream. */
  readonly hasStream: (callId: ProviderCallId) => boolean;
  /** Returns whether another instance has a stream of the call. */
  readonly isElsewhere: (callId: ProviderCallId) => Promise<boolean>;
  /** Returns the addresses for the stream of a call that is attached to. */
  readonly streamTarget: (callId: ProviderCallId) => Promise<StreamTarget>;
  /** Aborts when the instance stops. */
  readonly signal: AbortSignal;
}

export interface Account {
  readonly api: VobizApi;
  /** The methods of the provider that require keys. */
  readonly methods: Required<Pick<Provider, 'reconcile' | 'backfill' | 'health' | 'diagnostics'>> &
    Pick<Provider, 'watch'>;
  /** Defined if the instance attaches to calls of other applications. */
  readonly attacher?: Attacher;
  readonly costs: CallCosts;
  /** Starts polling for live calls, if configured, until the instance stops. */
  start(): void;
}

/** Creates an account. It sends no request until it is used or started. */
export function createAccount(deps: AccountDeps): Account {
  const { host, options, calls, signal: stopped } = deps;
  const api = createVobizApi({ ...deps.keys, host, baseUrl: options.apiBaseUrl });
  const lookup = createLookup({ api, host, calls });
  const attacher = options.attach && attacherFor(api, lookup, options.attach.intervalMs, deps);
  const costs = createCallCosts({ api, host, emit: (events) => void calls.emit(events), signal: stopped });

  async function watch(callId: ProviderCallId, { signal }: CommandContext): Promise<void> {
    if (calls.hasEnded(callId)) throw new FaultError('CALL_NOT_LIVE', 'the call has ended');
    await attacher?.attach(callId, signal);
  }

  /** Looks up a call and emits its details or its end. */
  async function refresh(callId: ProviderCallId, signal: AbortSignal): Promise<void> {
    const live = await lookup.getLive(callId, signal);
    if (!live) return lookup.emitEnd(callId, signal);
    // An attached call without a stream: the daemon restarted.
    await deps.tokens.read(callId);
    const wasAttached = deps.tokens.originOf(callId) === 'attached';
    if (wasAttached && !deps.hasStream(callId) && !attacher?.has(callId)) {
      await attacher?.attachWithRetries(callId);
    }
  }

  return {
    api,
    methods: {
      ...(attacher && { watch }),
      reconcile: (stale, signal) =>
        forEachCall(host.clock, stale, signal, ({ providerCallId }) =>
          refresh(providerCallId, AbortSignal.any([signal, stopped])),
        ),
      backfill: (request, signal) => backfill({ api, host }, request, AbortSignal.any([signal, stopped])),
      health: (signal) => api.check(AbortSignal.any([signal, stopped])),
      diagnostics: (signal) => diagnose({ api, host, options }, AbortSignal.any([signal, stopped])),
    },
    ...(attacher && { attacher }),
    costs,
    start() {
      if (!attacher || options.attach?.calls !== 'all') return;
      const { intervalMs } = options.attach;
      const isExcluded = async (callId: ProviderCallId): Promise<boolean> =>
        calls.hasEnded(callId) || (await isAnswered(callId, deps)) || deps.isElsewhere(callId);
      const lease = createStateLease(host, SWEEP_LEASE, 2 * intervalMs + SWEEP_MAX_DELAY_MS);
      void sweepLiveCalls({ host, api, attacher, isExcluded, intervalMs, lease }, stopped);
    },
  };
}

/** Returns whether an instance answers a call, or this one will do so because it placed the call. */
async function isAnswered(callId: ProviderCallId, { tokens, calls }: AccountDeps): Promise<boolean> {
  await tokens.read(callId);
  return tokens.originOf(callId) === 'answered' || calls.isPlaced(callId);
}

/** Starts one stream of both tracks, or one of each. Returns undefined if the call is not live. */
async function startStreams(
  api: VobizApi,
  callId: ProviderCallId,
  target: StreamTarget,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!target.isSplit) return api.startStream(callId, target, 'both', signal);
  let streamId: string | undefined;
  for (const track of TRACKS) {
    const streamUrl = trackUrl(target.streamUrl, track);
    streamId = await api.startStream(callId, { ...target, streamUrl }, track, signal);
    if (streamId === undefined) return undefined;
  }
  return streamId;
}

function attacherFor(api: VobizApi, lookup: Lookup, intervalMs: number, deps: AccountDeps): Attacher {
  const { host, calls, hasStream, isElsewhere, signal } = deps;
  return createAttacher({
    host,
    lookup,
    intervalMs,
    startStream: async (callId, given) => startStreams(api, callId, await deps.streamTarget(callId), given),
    hasStream,
    isElsewhere,
    isAnswered: (callId) => isAnswered(callId, deps),
    onFailed: (callId) => void calls.emit([callNotice(callId, host.clock.now(), 'VOBIZ_ATTACH_FAILED')]),
    signal,
  });
}
