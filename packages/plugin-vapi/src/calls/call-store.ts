/**
 * The live calls in the durable state of the plugin: their status and monitor URLs, for the next instance, and for those of other nodes
 * if the state is shared.
 */
import {
  compareAndSet,
  instantOf,
  objectOf,
  parseJson,
  definedFields,
  textOf,
  type JsonObject,
} from '@sidetone/plugin-kit';
import { CALL_STATUSES, providerCallId, type ProviderCallId, type ProviderHost } from '@sidetone/core';
import { createLiveCall, mergeCall, type LiveCall } from './live-call.ts';

/** The age at which a stored call is discarded, ms. A call lasts at most 12 hours. */
const MAX_STATE_AGE_MS = 24 * 60 * 60 * 1000;

const PREFIX = 'call/';
/** How often a call that other instances change at the same time is stored again. */
const MAX_MERGES = 5;

interface CallStore {
  /** Returns the stored calls, and deletes those that are too old. */
  load(): Promise<readonly (readonly [ProviderCallId, LiveCall])[]>;
  /** Returns a call that another instance may have stored, if the state is shared. Failures are logged. */
  read(callId: ProviderCallId): Promise<LiveCall | undefined>;
  /** Stores a call that has monitor URLs, or any if the state is shared, if it has changed. Failures are logged. */
  save(callId: ProviderCallId, call: LiveCall): Promise<void>;
  /** Deletes a call. Failures are logged. */
  remove(callId: ProviderCallId): Promise<void>;
}

function restoreCall(record: JsonObject, lastSeenAt: number): LiveCall {
  const monitor = objectOf(record['monitor']);
  return {
    ...createLiveCall(lastSeenAt),
    status: CALL_STATUSES.find((status) => status === record['status']) ?? 'QUEUED',
    statusAt: instantOf(record['statusAt']) ?? 0,
    hasTranscript: record['hasTranscript'] === true,
    hasHistory: record['hasHistory'] === true,
    type: textOf(record['type']),
    isGptLive: record['isGptLive'] === true,
    carrier: textOf(record['carrier']),
    answeredAt: instantOf(record['answeredAt']),
    assistantSeen: record['assistantSeen'] === true,
    monitor:
      record['monitor'] === undefined
        ? undefined
        : definedFields({
            listenUrl: textOf(monitor['listenUrl']),
            controlUrl: textOf(monitor['controlUrl']),
          }),
  };
}

export function createCallStore(host: Pick<ProviderHost, 'state' | 'clock' | 'log'>): CallStore {
  /** What was last stored of each live call, without the time. */
  const saved = new WeakMap<LiveCall, string>();

  async function attempt(callId: ProviderCallId, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      host.log.warn('storing the state of a call failed', { providerCallId: callId, error });
    }
  }

  const isShared = host.state.isShared === true;
  const restore = (value: string): { readonly call: LiveCall; readonly ageMs: number } => {
    const record = objectOf(parseJson(value));
    const ageMs = host.clock.now() - (instantOf(record['savedAt']) ?? 0);
    return { ageMs, call: restoreCall(record, host.clock.elapsed() - Math.max(0, ageMs)) };
  };

  /** Calls with a stored state. The report of a past call has none to delete, which would be a transaction of its own. */
  const stored = new Set<ProviderCallId>();

  async function remove(callId: ProviderCallId): Promise<void> {
    if (stored.delete(callId)) await attempt(callId, () => host.state.delete(PREFIX + callId));
  }

  const dated = (content: string): string =>
    JSON.stringify({ ...(JSON.parse(content) as object), savedAt: host.clock.now() });

  /** Adds what another instance has stored meanwhile, and stores the whole. */
  async function merge(callId: ProviderCallId, call: LiveCall): Promise<void> {
    for (let attempts = 0; attempts < MAX_MERGES; attempts++) {
      const before = await host.state.get(PREFIX + callId);
      if (before !== undefined) mergeCall(call, restore(before).call);
      if (await compareAndSet(host.state, PREFIX + callId, before, dated(contentOf(call, true)))) return;
    }
  }

  return {
    remove,
    async load() {
      const calls: [ProviderCallId, LiveCall][] = [];
      for (const [key, value] of await host.state.list(PREFIX)) {
        const callId = providerCallId(key.slice(PREFIX.length));
        stored.add(callId);
        const { call, ageMs } = restore(value);
        if (ageMs > MAX_STATE_AGE_MS) await remove(callId);
        else calls.push([callId, call]);
      }
      return calls;
    },
    async read(callId) {
      let found: LiveCall | undefined;
      await attempt(callId, async () => {
        const value = isShared ? await host.state.get(PREFIX + callId) : undefined;
        if (value === undefined) return;
        stored.add(callId);
        found = restore(value).call;
      });
      return found;
    },
    async save(callId, call) {
      if (!call.monitor && !isShared) return;
      const content = contentOf(call, isShared);
      if (content === saved.get(call)) return;
      saved.set(call, content);
      stored.add(callId);
      await attempt(callId, () =>
        isShared ? merge(callId, call) : host.state.set(PREFIX + callId, dated(content)),
      );
    },
  };
}

/** What is stored of a call, as JSON. What other instances need is stored only for them: each change is a write. */
function contentOf(call: LiveCall, isShared: boolean): string {
  const { status, answeredAt, assistantSeen, type, isGptLive, carrier, monitor } = call;
  const { statusAt, hasTranscript, hasHistory } = call;
  const state = { status, answeredAt, assistantSeen, type, isGptLive, carrier, monitor };
  return JSON.stringify(isShared ? { ...state, statusAt, hasTranscript, hasHistory } : state);
}
