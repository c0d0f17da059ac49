/**
 * What comes next for a call whose two-way stream is about to end, by call: Vobiz asks for it once the stream is over.
 * Kept in the durable state, for a restart of the daemon between the end of the stream and the question.
 */
import { parseJson } from '@sidetone/plugin-kit';
import { providerCallId, type CommandId, type ProviderCallId, type ProviderHost } from '@sidetone/core';
import { z } from 'zod';
import { keptSoon } from '../calls/durable-state.ts';
import type { TransferOrder } from '../control/transfer-order.ts';

/** How long an order holds that nobody asked for, ms. */
export const NEXT_STEP_LIFE_MS = 60_000;
/** How long after it was asked for a repeated question gets the same, ms: Vobiz asks again when an answer is lost. */
export const NEXT_STEP_RETRY_MS = 30_000;
/** How many calls may have an order; beyond, the oldest goes. */
export const MAX_NEXT_STEPS = 1000;

const STATE_PREFIX = 'next/';

const dialOrderSchema = z.object({
  to: z.string().min(1),
  callerId: z.string().optional(),
  sendDigits: z.string().optional(),
  content: z.string().optional(),
  attributes: z.record(z.string(), z.string()),
});

const entrySchema = z.object({
  step: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('hangup') }),
    z.object({ kind: z.literal('dial'), order: dialOrderSchema }),
    z.object({ kind: z.literal('fallback') }),
  ]),
  commandId: z.string().optional(),
  expiresAt: z.number(),
});

/** End the call, connect it with somebody, or what the options say for an agent that cannot be reached. */
export type NextStep =
  | { readonly kind: 'hangup' }
  | { readonly kind: 'dial'; readonly order: TransferOrder }
  | { readonly kind: 'fallback' };

interface Entry {
  readonly step: NextStep;
  readonly commandId?: string;
  readonly expiresAt: number;
  readonly isTaken: boolean;
}

export interface TakenStep {
  readonly step: NextStep;
  /** Of whoever ordered it by a command. */
  readonly commandId?: string;
  /** Whether it is asked for again. */
  readonly isRepeated: boolean;
}

export interface NextSteps {
  load(): Promise<void>;
  /** What comes next, in the place of what was ordered before. Settles when it would survive a restart; never rejects. */
  order(callId: ProviderCallId, step: NextStep, commandId?: CommandId): Promise<void>;
  /** What was ordered, which is then used up; undefined when nothing was. */
  take(callId: ProviderCallId): Promise<TakenStep | undefined>;
  /** Takes an order back: the call ended, or its stream could not be stopped. */
  drop(callId: ProviderCallId): Promise<void>;
}

/** No orders yet. */
export function createNextSteps(host: Pick<ProviderHost, 'state' | 'clock' | 'log'>): NextSteps {
  const entries = new Map<ProviderCallId, Entry>();

  const isValid = (entry: Entry | undefined): entry is Entry =>
    entry !== undefined && entry.expiresAt > host.clock.now();

  async function drop(callId: ProviderCallId): Promise<void> {
    const entry = entries.get(callId);
    entries.delete(callId);
    if (entry && !entry.isTaken) await keptSoon(host, host.state.delete(STATE_PREFIX + callId));
  }

  /** Those that ran out, and the oldest when there are too many. */
  async function makeRoom(): Promise<void> {
    for (const [callId, entry] of entries) if (!isValid(entry)) await drop(callId);
    const oldest = entries.size >= MAX_NEXT_STEPS ? entries.keys().next().value : undefined;
    if (oldest === undefined) return;
    host.log.warn('too many calls wait for their next step: the oldest was taken back', {
      limit: MAX_NEXT_STEPS,
    });
    await drop(oldest);
  }

  return {
    async load() {
      for (const [key, value] of await host.state.list(STATE_PREFIX)) {
        const read = entrySchema.safeParse(parseJson(value));
        if (!read.success || read.data.expiresAt <= host.clock.now()) {
          await host.state.delete(key);
          continue;
        }
        const entry = { ...read.data, isTaken: false } as Entry;
        entries.set(providerCallId(key.slice(STATE_PREFIX.length)), entry);
      }
    },
    async order(callId, step, commandId) {
      entries.delete(callId);
      await makeRoom();
      const expiresAt = host.clock.now() + NEXT_STEP_LIFE_MS;
      const entry = { step, expiresAt, ...(commandId !== undefined && { commandId }) };
      entries.set(callId, { ...entry, isTaken: false });
      await keptSoon(host, host.state.set(STATE_PREFIX + callId, JSON.stringify(entry)));
    },
    async take(callId) {
      const entry = entries.get(callId);
      if (!isValid(entry)) return undefined;
      const { step, commandId, isTaken } = entry;
      if (!isTaken) {
        entries.set(callId, { ...entry, isTaken: true, expiresAt: host.clock.now() + NEXT_STEP_RETRY_MS });
        await keptSoon(host, host.state.delete(STATE_PREFIX + callId));
      }
      return { step, isRepeated: isTaken, ...(commandId !== undefined && { commandId }) };
    },
    drop,
  };
}
