/**
 * The next step of each call whose two-way stream is about to end: Vobiz requests it once the stream has ended. Kept in the
 * durable state: the request may arrive after a restart, or at another node of a cluster.
 */
import type { CommandId, ProviderCallId, ProviderHost } from '@sidetone/core';
import { definedFields } from '@sidetone/plugin-kit';
import { z } from 'zod';
import { boundedWrite } from '../calls/durable-state.ts';
import { createOnceEntries } from '../calls/once/create.ts';
import { dialOrderSchema, type DialOrder } from './dial-order.ts';

/** How long a step stays valid if Vobiz does not request it, ms. */
export const NEXT_STEP_LIFETIME_MS = 60_000;
/** How long a repeated request gets the same step, ms: Vobiz retries when a response is lost. */
export const NEXT_STEP_RETRY_MS = 30_000;
/** Largest number of calls with a step. */
export const MAX_NEXT_STEPS = 1000;

const orderedSchema = z.object({
  step: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('hangup') }),
    z.object({ kind: z.literal('dial'), order: dialOrderSchema }),
    z.object({ kind: z.literal('fallback') }),
  ]),
  commandId: z.string().optional(),
});

/** Ends the call, dials a party, or continues with the fallback because the agent cannot be reached. */
export type NextStep =
  | { readonly kind: 'hangup' }
  | { readonly kind: 'dial'; readonly order: DialOrder }
  | { readonly kind: 'fallback' };

interface Ordered {
  readonly step: NextStep;
  readonly commandId?: string;
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
  const steps = createOnceEntries<Ordered>({
    host,
    prefix: 'next/',
    parse: (entry) => orderedSchema.safeParse(entry).data as Ordered | undefined,
    lifetimeMs: NEXT_STEP_LIFETIME_MS,
    retryMs: NEXT_STEP_RETRY_MS,
    limit: MAX_NEXT_STEPS,
    onLimit: () =>
      host.log.warn('too many calls with a next step, the oldest was dropped', { limit: MAX_NEXT_STEPS }),
  });

  return {
    load: () => steps.load(),
    order: (callId, step, commandId) =>
      boundedWrite(host, steps.put(callId, { step, ...definedFields({ commandId }) })),
    async take(callId) {
      const taken = await steps.take(callId);
      if (!taken) return undefined;
      const { step, commandId } = taken.value;
      return { step, isRepeated: taken.isRepeated, ...definedFields({ commandId }) };
    },
    drop: (callId) => boundedWrite(host, steps.delete(callId)),
  };
}
