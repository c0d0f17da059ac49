/**
 * What holds for a relayed call rather than for one of its streams: that it is relayed, to which agent, who is muted, and
 * which checkpoints are ours. All but the last is kept in the durable state, for streams that open after a restart.
 */
import { parseJson, definedFields } from '@sidetone/plugin-kit';
import {
  providerCallId,
  type CommandId,
  type ProviderCallId,
  type ProviderHost,
  type Secret,
} from '@sidetone/core';
import { z } from 'zod';
import { agentUrlOf } from './agent-url.ts';
import { keptSoon } from '../calls/durable-state.ts';
import type { RelayParty } from './relays.ts';

/** How long a call is remembered that is never told to be over, ms: as long as a call can last. */
export const CALL_LIFE_MS = 24 * 60 * 60 * 1000;
/** How many calls are remembered; beyond, the oldest is forgotten. */
export const MAX_RELAYED_CALLS = 10_000;
/** How many checkpoints of our own are remembered a call; beyond, the oldest is taken for the agent's. */
export const MAX_OWN_CHECKPOINTS = 100;

const STATE_PREFIX = 'relay/';

const recordSchema = z.object({
  from: z.string().optional(),
  to: z.string().optional(),
  agentUrl: z.url().optional(),
  muted: z.array(z.enum(['CUSTOMER', 'ASSISTANT'])),
  isExpected: z.boolean(),
  expiresAt: z.number(),
});

type CallRecord = z.output<typeof recordSchema>;

/** What is remembered of one call. */
export interface CallMemory {
  /** The agent that the call was handed to, or that of the configuration. */
  agentUrl(): URL;
  handTo(url: URL): Promise<void>;
  isMuted(party: RelayParty): boolean;
  /** Holds at once; settles when it would survive a restart. */
  mute(party: RelayParty): Promise<void>;
  unmute(party: RelayParty): Promise<void>;
  /** A name for a checkpoint that nobody else uses. */
  nameFor(commandId: CommandId): string;
  /** The command that a checkpoint of ours stands for. */
  commandOf(name: string): CommandId | undefined;
}

export interface CallMemories {
  load(): Promise<void>;
  /** The call is relayed from now on, with what is known of it. */
  expect(callId: ProviderCallId, call: { readonly from?: string; readonly to?: string }): Promise<void>;
  /** The call is not relayed from now on. */
  release(callId: ProviderCallId): Promise<void>;
  isExpected(callId: ProviderCallId): boolean;
  of(callId: ProviderCallId): CallMemory | undefined;
  forget(callId: ProviderCallId): Promise<void>;
}

type Host = Pick<ProviderHost, 'state' | 'clock' | 'log' | 'randomToken'>;

/** Nothing is remembered yet. `template` is the agent's address in the configuration. */
export function createCallMemories(host: Host, template: Secret): CallMemories {
  const calls = new Map<ProviderCallId, { readonly memory: CallMemory; record: CallRecord }>();

  /** Holds at once. Settles when it would survive a restart, or cannot. */
  async function keep(callId: ProviderCallId, change: Partial<CallRecord>): Promise<void> {
    const call = calls.get(callId);
    if (!call) return;
    call.record = { ...call.record, ...change };
    await keptSoon(host, host.state.set(STATE_PREFIX + callId, JSON.stringify(call.record)));
  }

  async function forget(callId: ProviderCallId): Promise<void> {
    if (calls.delete(callId)) await keptSoon(host, host.state.delete(STATE_PREFIX + callId));
  }

  const valid = (callId: ProviderCallId) => {
    const call = calls.get(callId);
    return call && call.record.expiresAt > host.clock.now() ? call : undefined;
  };

  function remember(callId: ProviderCallId, first: CallRecord): void {
    const names = new Map<string, CommandId>();
    const read = (): CallRecord => calls.get(callId)?.record ?? first;
    const memory: CallMemory = {
      agentUrl() {
        const { agentUrl, from, to } = read();
        return agentUrl === undefined
          ? agentUrlOf(template.reveal(), { callId, ...definedFields({ from, to }) })
          : new URL(agentUrl);
      },
      handTo: (url) => keep(callId, { agentUrl: url.href }),
      isMuted: (party) => read().muted.includes(party),
      mute: (party) => keep(callId, { muted: [...new Set([...read().muted, party])] }),
      unmute: (party) => keep(callId, { muted: read().muted.filter((muted) => muted !== party) }),
      nameFor(commandId) {
        const name = `sidetone-${host.randomToken()}`;
        names.set(name, commandId);
        const oldest = names.size > MAX_OWN_CHECKPOINTS ? names.keys().next().value : undefined;
        if (oldest !== undefined) names.delete(oldest);
        return name;
      },
      commandOf: (name) => names.get(name),
    };
    calls.set(callId, { memory, record: first });
  }

  return {
    async load() {
      for (const [key, value] of await host.state.list(STATE_PREFIX)) {
        const read = recordSchema.safeParse(parseJson(value));
        if (!read.success || read.data.expiresAt <= host.clock.now()) await host.state.delete(key);
        else remember(providerCallId(key.slice(STATE_PREFIX.length)), read.data);
      }
    },
    async expect(callId, call) {
      if (!calls.has(callId)) {
        const oldest = calls.size >= MAX_RELAYED_CALLS ? calls.keys().next().value : undefined;
        if (oldest !== undefined) {
          host.log.warn('too many relayed calls: the oldest was forgotten', { limit: MAX_RELAYED_CALLS });
          await forget(oldest);
        }
        remember(callId, { muted: [], isExpected: true, expiresAt: host.clock.now() + CALL_LIFE_MS });
      }
      await keep(callId, { ...definedFields(call), isExpected: true });
    },
    release: (callId) => keep(callId, { isExpected: false }),
    isExpected: (callId) => valid(callId)?.record.isExpected === true,
    of: (callId) => valid(callId)?.memory,
    forget,
  };
}
