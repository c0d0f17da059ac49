/**
 * State of relayed calls that outlives one stream: whether the call is relayed, its agent, who is muted, and which
 * checkpoints belong to this daemon. All but the last is kept in the durable state, for streams that open after a restart, or at
 * another node of a cluster.
 */
import {
  providerCallId,
  type CommandId,
  type ProviderCallId,
  type ProviderHost,
  type Secret,
} from '@sidetone/core';
import { BoundedMap, compareAndSet, definedFields } from '@sidetone/plugin-kit';
import { z } from 'zod';
import { boundedWrite, decodeEntry, encodeEntry, loadEntries } from '../calls/durable-state.ts';
import { agentUrlFor } from './agent-url.ts';
import type { CallParties } from '../stream/flat-start.ts';

/** How long a call without a reported end is kept, ms: the longest possible call. */
export const CALL_LIFETIME_MS = 24 * 60 * 60 * 1000;
/** Largest number of calls. */
export const MAX_RELAYED_CALLS = 10_000;
/** Largest number of own checkpoints per call; older ones count as the agent's. */
export const MAX_OWN_CHECKPOINTS = 100;

const STATE_PREFIX = 'relay/';

const recordSchema = z.object({
  from: z.string().optional(),
  to: z.string().optional(),
  direction: z.string().optional(),
  agentUrl: z.url().optional(),
  muted: z.array(z.enum(['CUSTOMER', 'ASSISTANT'])),
  isExpected: z.boolean(),
  expiresAt: z.number(),
});

type CallRecord = z.output<typeof recordSchema>;

/** A party that a relay can mute. */
export type RelayParty = 'CUSTOMER' | 'ASSISTANT';

export interface RelayedCall {
  /** Returns what the answer webhook contained about the call. */
  parties(): CallParties;
  /** Returns the URL of the agent that the call was handed to, or of the configured one. */
  agentUrl(): URL;
  setAgentUrl(url: URL): Promise<void>;
  /** Returns whether the call was handed to an agent whose URL a client supplied. */
  isHandedOff(): boolean;
  isMuted(party: RelayParty): boolean;
  /** Takes effect at once. Resolves when the state is stored; never rejects. */
  mute(party: RelayParty): Promise<void>;
  unmute(party: RelayParty): Promise<void>;
  /** Returns a unique name for a checkpoint that confirms a command. */
  newCheckpoint(commandId: CommandId): string;
  /** Returns the command of a checkpoint of this daemon; undefined for one of the agent. */
  commandOf(checkpoint: string): CommandId | undefined;
}

export interface RelayedCalls {
  /** Loads the calls that were stored before a restart. */
  load(): Promise<void>;
  /** Relays the call from now on. */
  expect(callId: ProviderCallId, parties: CallParties): Promise<void>;
  /** Stops relaying the call: streams that open from now on are one-way. */
  release(callId: ProviderCallId): Promise<void>;
  isExpected(callId: ProviderCallId): boolean;
  /** Reads a call that another instance may have changed. Rejects if the state cannot be read. */
  read(callId: ProviderCallId): Promise<void>;
  get(callId: ProviderCallId): RelayedCall | undefined;
  delete(callId: ProviderCallId): Promise<void>;
}

interface Entry {
  readonly call: RelayedCall;
  record: CallRecord;
  /** Number of changes that are not stored yet: until then, memory is newer than the state. */
  changes: number;
}

/** @param template the configured URL of the agent. */
export function createRelayedCalls(
  host: Pick<ProviderHost, 'state' | 'clock' | 'log' | 'randomToken'>,
  template: Secret,
): RelayedCalls {
  const { state, clock } = host;
  const isShared = state.isShared === true;
  const entries = new BoundedMap<ProviderCallId, Entry>(MAX_RELAYED_CALLS, (callId) => {
    // Only this instance forgets it.
    if (isShared) return;
    host.log.warn('too many relayed calls, the oldest was dropped', { limit: MAX_RELAYED_CALLS });
    void deleteStored(callId);
  });

  const deleteStored = (callId: ProviderCallId): Promise<void> =>
    boundedWrite(host, state.delete(STATE_PREFIX + callId));
  const parse = (value: unknown): CallRecord | undefined => recordSchema.safeParse(value).data;

  /** Changes the record of a call at once, and resolves when it is stored. */
  async function update(
    callId: ProviderCallId,
    change: (record: CallRecord) => Partial<CallRecord>,
  ): Promise<void> {
    const entry = entries.get(callId);
    if (!entry) return;
    entry.record = { ...entry.record, ...change(entry.record) };
    entry.changes++;
    const stored = isShared
      ? changeStored(callId, entry, change)
      : state.set(STATE_PREFIX + callId, encodeEntry(clock, entry.record));
    await boundedWrite(
      host,
      stored.finally(() => void entry.changes--),
    );
  }

  /** Applies a change to what is stored: another instance may have changed another part of it. */
  async function changeStored(
    callId: ProviderCallId,
    entry: Entry,
    change: (record: CallRecord) => Partial<CallRecord>,
  ): Promise<void> {
    const stored = await state.get(STATE_PREFIX + callId);
    const before = decodeEntry(clock, stored, parse) ?? entry.record;
    const record = { ...before, ...change(before) };
    const isChanged = await compareAndSet(state, STATE_PREFIX + callId, stored, encodeEntry(clock, record));
    if (!isChanged) return changeStored(callId, entry, change);
    if (entry.changes === 1) entry.record = record;
  }

  async function read(callId: ProviderCallId): Promise<void> {
    if (!isShared) return;
    const record = decodeEntry(clock, await state.get(STATE_PREFIX + callId), parse);
    const entry = entries.get(callId);
    if (!record) entries.delete(callId);
    else if (entry?.changes === 0) entry.record = record;
    else if (!entry) add(callId, record);
  }

  function add(callId: ProviderCallId, record: CallRecord): void {
    const checkpoints = new BoundedMap<string, CommandId>(MAX_OWN_CHECKPOINTS);
    const entry: Entry = {
      record,
      changes: 0,
      call: {
        parties() {
          const { from, to, direction } = entry.record;
          return definedFields({ from, to, direction });
        },
        agentUrl() {
          const { agentUrl, from, to } = entry.record;
          return agentUrl === undefined
            ? agentUrlFor(template.reveal(), { callId, ...definedFields({ from, to }) })
            : new URL(agentUrl);
        },
        setAgentUrl: (url) => update(callId, () => ({ agentUrl: url.href })),
        isHandedOff: () => entry.record.agentUrl !== undefined,
        isMuted: (party) => entry.record.muted.includes(party),
        mute: (party) => update(callId, ({ muted }) => ({ muted: [...new Set([...muted, party])] })),
        unmute: (party) => update(callId, ({ muted }) => ({ muted: muted.filter((each) => each !== party) })),
        newCheckpoint(commandId) {
          const name = `sidetone-${host.randomToken()}`;
          checkpoints.set(name, commandId);
          return name;
        },
        commandOf: (checkpoint) => checkpoints.get(checkpoint),
      },
    };
    entries.set(callId, entry);
  }

  function valid(callId: ProviderCallId): Entry | undefined {
    const entry = entries.get(callId);
    return entry && entry.record.expiresAt > host.clock.elapsed() ? entry : undefined;
  }

  return {
    async load() {
      const stored = await loadEntries(host, STATE_PREFIX, parse);
      for (const [callId, record] of stored) add(providerCallId(callId), record);
    },
    async expect(callId, parties) {
      // The answer webhook may be delivered twice, to two nodes.
      if (isShared) await boundedWrite(host, read(callId));
      if (!entries.has(callId)) {
        add(callId, { muted: [], isExpected: true, expiresAt: host.clock.elapsed() + CALL_LIFETIME_MS });
      }
      await update(callId, () => ({ ...definedFields(parties), isExpected: true }));
    },
    async release(callId) {
      if (isShared && !entries.has(callId)) await boundedWrite(host, read(callId));
      await update(callId, () => ({ isExpected: false }));
    },
    read,
    isExpected: (callId) => valid(callId)?.record.isExpected === true,
    get: (callId) => valid(callId)?.call,
    async delete(callId) {
      if (entries.delete(callId) || isShared) await deleteStored(callId);
    },
  };
}
