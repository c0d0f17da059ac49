/**
 * Tokens of the URLs at which Vobiz requests the XML of a transfer: unguessable, valid for one call, one use and a few
 * minutes. Kept in the durable state: the request may arrive after a restart, or at another node of a cluster.
 */
import { providerCallId, type ProviderCallId, type ProviderHost } from '@sidetone/core';
import { z } from 'zod';
import { boundedWrite } from '../calls/durable-state.ts';
import { createOnceEntries } from '../calls/once/create.ts';
import type { TakenOrder } from './call-xml.ts';
import { dialOrderSchema, type DialOrder } from './dial-order.ts';

/** How long a token stays valid if Vobiz does not request its URL, ms. */
export const TRANSFER_LIFETIME_MS = 5 * 60_000;
/** How long a repeated request of the same call gets the same XML, ms: Vobiz retries when a response is lost. */
export const TRANSFER_RETRY_MS = 30_000;
/** Largest number of pending transfers. */
export const MAX_TRANSFERS = 1000;

const grantSchema = z.object({
  callId: z
    .string()
    .min(1)
    .transform((text) => providerCallId(text)),
  commandId: z.string(),
  order: dialOrderSchema,
});

interface Grant {
  readonly callId: ProviderCallId;
  readonly commandId: string;
  readonly order: DialOrder;
}

export interface TransferGrants {
  /** Loads the grants that were stored before a restart. */
  load(): Promise<void>;
  /** Returns a new token. Rejects if the grant cannot be stored. */
  issue(callId: ProviderCallId, commandId: string, order: DialOrder): Promise<string>;
  /** Returns the transfer of a token and marks it as used; undefined if it is unknown, expired or of another call. */
  take(token: string, callId: ProviderCallId): Promise<TakenOrder | undefined>;
  /** Returns whether a token is valid. */
  has(token: string): Promise<boolean>;
  /** Deletes the grant of a transfer that Vobiz rejected. */
  drop(token: string): Promise<void>;
  /** Deletes the grants of an ended call. */
  revoke(callId: ProviderCallId): Promise<void>;
}

/** Creates an empty store; `load` adds what was stored before a restart. */
export function createTransferGrants(
  host: Pick<ProviderHost, 'state' | 'clock' | 'log' | 'randomToken'>,
): TransferGrants {
  const grants = createOnceEntries<Grant>({
    host,
    prefix: 'transfer/',
    parse: (entry) => grantSchema.safeParse(entry).data as Grant | undefined,
    lifetimeMs: TRANSFER_LIFETIME_MS,
    retryMs: TRANSFER_RETRY_MS,
    limit: MAX_TRANSFERS,
    onLimit: () =>
      host.log.warn('too many pending transfers, the oldest was dropped', { limit: MAX_TRANSFERS }),
  });

  return {
    load: () => grants.load(),
    async issue(callId, commandId, order) {
      const token = host.randomToken();
      await grants.put(token, { callId, commandId, order });
      return token;
    },
    async take(token, callId) {
      const taken = await grants.take(token, (grant) => grant.callId === callId);
      if (!taken) return undefined;
      const { commandId, order } = taken.value;
      return { commandId, order, isRepeated: taken.isRepeated };
    },
    has: async (token) => (await grants.get(token)) !== undefined,
    drop: (token) => boundedWrite(host, grants.delete(token)),
    revoke: (callId) =>
      boundedWrite(
        host,
        grants.deleteWhere((grant) => grant.callId === callId),
      ),
  };
}
