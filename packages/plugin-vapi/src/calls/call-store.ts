/** The live calls in the durable state of the plugin: their status and monitor URLs, for the next instance. */
import { instantOf, objectOf, parseJson, definedFields, textOf, type JsonObject } from '@sidetone/plugin-kit';
import { CALL_STATUSES, providerCallId, type ProviderCallId, type ProviderHost } from '@sidetone/core';
import { createLiveCall, type LiveCall } from './live-call.ts';

/** The age at which a stored call is discarded, ms. A call lasts at most 12 hours. */
const MAX_STATE_AGE_MS = 24 * 60 * 60 * 1000;

const PREFIX = 'call/';

interface CallStore {
  /** Returns the stored calls, and deletes those that are too old. */
  load(): Promise<readonly (readonly [ProviderCallId, LiveCall])[]>;
  /** Stores a call that has monitor URLs, if it has changed. Failures are logged. */
  save(callId: ProviderCallId, call: LiveCall): Promise<void>;
  /** Deletes a call. Failures are logged. */
  remove(callId: ProviderCallId): Promise<void>;
}

function restoreCall(record: JsonObject, lastSeenAt: number): LiveCall {
  const monitor = objectOf(record['monitor']);
  return {
    ...createLiveCall(lastSeenAt),
    status: CALL_STATUSES.find((status) => status === record['status']) ?? 'QUEUED',
    type: textOf(record['type']),
    isGptLive: record['isGptLive'] === true,
    carrier: textOf(record['carrier']),
    answeredAt: instantOf(record['answeredAt']),
    assistantSeen: record['assistantSeen'] === true,
    monitor: definedFields({
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

  /** Calls with a stored state. The report of a past call has none to delete, which would be a transaction of its own. */
  const stored = new Set<ProviderCallId>();

  async function remove(callId: ProviderCallId): Promise<void> {
    if (stored.delete(callId)) await attempt(callId, () => host.state.delete(PREFIX + callId));
  }

  return {
    remove,
    async load() {
      const calls: [ProviderCallId, LiveCall][] = [];
      for (const [key, value] of await host.state.list(PREFIX)) {
        const callId = providerCallId(key.slice(PREFIX.length));
        stored.add(callId);
        const record = objectOf(parseJson(value));
        const savedAt = instantOf(record['savedAt']) ?? 0;
        const ageMs = host.clock.now() - savedAt;
        if (ageMs > MAX_STATE_AGE_MS) await remove(callId);
        else calls.push([callId, restoreCall(record, host.clock.elapsed() - Math.max(0, ageMs))]);
      }
      return calls;
    },
    async save(callId, call) {
      const { status, answeredAt, assistantSeen, type, isGptLive, carrier, monitor } = call;
      if (!monitor) return;
      const state = { status, answeredAt, assistantSeen, type, isGptLive, carrier, monitor };
      const content = JSON.stringify(state);
      if (content === saved.get(call)) return;
      saved.set(call, content);
      stored.add(callId);
      const value = JSON.stringify({ ...state, savedAt: host.clock.now() });
      await attempt(callId, () => host.state.set(PREFIX + callId, value));
    },
  };
}
