/**
 * The next step of each call whose two-way stream is about to end: Vobiz requests it once the stream has ended. Kept in the
 * durable state, in case the daemon restarts in between.
 */
import { providerCallId, type CommandId, type ProviderCallId, type ProviderHost } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import { z } from 'zod';
import { boundedWrite, encodeEntry, loadEntries } from '../calls/durable-state.ts';
import { dialOrderSchema, type DialOrder } from './dial-order.ts';

/** How long a step stays valid if Vobiz does not request it, ms. */
export const NEXT_STEP_LIFETIME_MS = 60_000;
/** How long a repeated request gets the same step, ms: Vobiz retries when a response is lost. */
export const NEXT_STEP_RETRY_MS = 30_000;
/** Largest number of calls with a step. */
export const MAX_NEXT_STEPS = 1000;

const STATE_PREFIX = 'next/';

const entrySchema = z.object({
  step: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('hangup') }),
    z.object({ kind: z.literal('dial'), order: dialOrderSchema }),
    z.object({ kind: z.literal('fallback') }),
  ]),
  commandId: z.string().optional(),
  expiresAt: z.number(),
});

/** Ends the call, dials a party, or continues with the fallback because the agent cannot be reached. */
export type NextStep =
  | { readonly kind: 'hangup' }
  | { readonly kind: 'dial'; readonly order: DialOrder }
  | { readonly kind: 'fallback' };

interface StoredStep {
  readonly step: NextStep;
  readonly commandId?: string;
  readonly expiresAt: number;
}

interface Entry extends StoredStep {
  readonly isTaken: boolean;
}

interface TakenStep {
  readonly step: NextStep;
  /** The command that ordered the step, if any. */
  readonly commandId?: string;
  /** Whether the step was requested before. */
  readonly isRepeated: boolean;
}

export interface NextSteps {
  /** Loads the steps that were stored before a restart. */
  load(): Promise<void>;
  /** Stores the step of a call and replaces a previous one. Never rejects. */
  order(callId: ProviderCallId, step: NextStep, commandId?: CommandId): Promise<void>;
  /** Returns the step of a call and marks it as taken; undefined if there is none. */
  take(callId: ProviderCallId): Promise<TakenStep | undefined>;
  /** Deletes a step: the call has ended, or its stream could not be stopped. */
  drop(callId: ProviderCallId): Promise<void>;
}

/** Creates an empty store; `load` adds what was stored before a restart. */
export function createNextSteps(host: Pick<ProviderHost, 'state' | 'clock' | 'log'>): NextSteps {
  const entries = new BoundedMap<ProviderCallId, Entry>(MAX_NEXT_STEPS, (callId, entry) => {
    host.log.warn('too many calls with a next step, the oldest was dropped', { limit: MAX_NEXT_STEPS });
    if (!entry.isTaken) void deleteStored(callId);
  });

  const isValid = (entry: Entry | undefined): entry is Entry =>
    entry !== undefined && entry.expiresAt > host.clock.elapsed();
  const deleteStored = (callId: ProviderCallId): Promise<void> =>
    boundedWrite(host, host.state.delete(STATE_PREFIX + callId));

  async function drop(callId: ProviderCallId): Promise<void> {
    const entry = entries.get(callId);
    entries.delete(callId);
    if (entry && !entry.isTaken) await deleteStored(callId);
  }

  return {
    async load() {
      const stored = await loadEntries(
        host,
        STATE_PREFIX,
        (value) => entrySchema.safeParse(value).data as StoredStep | undefined,
      );
      for (const [callId, entry] of stored) entries.set(providerCallId(callId), { ...entry, isTaken: false });
    },
    async order(callId, step, commandId) {
      for (const [other, entry] of entries) if (!isValid(entry)) await drop(other);
      const expiresAt = host.clock.elapsed() + NEXT_STEP_LIFETIME_MS;
      const entry: StoredStep = { step, expiresAt, ...(commandId !== undefined && { commandId }) };
      entries.set(callId, { ...entry, isTaken: false });
      await boundedWrite(host, host.state.set(STATE_PREFIX + callId, encodeEntry(host.clock, entry)));
    },
    async take(callId) {
      const entry = entries.get(callId);
      if (!isValid(entry)) return undefined;
      const { step, commandId, isTaken } = entry;
      if (!isTaken) {
        entries.set(callId, {
          ...entry,
          isTaken: true,
          expiresAt: host.clock.elapsed() + NEXT_STEP_RETRY_MS,
        });
        await deleteStored(callId);
      }
      return { step, isRepeated: isTaken, ...(commandId !== undefined && { commandId }) };
    },
    drop,
  };
}
