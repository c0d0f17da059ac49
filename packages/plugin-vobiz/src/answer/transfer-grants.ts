/**
 * Tokens of the URLs at which Vobiz requests the XML of a transfer: unguessable, valid for one call, one use and a few
 * minutes. Kept in the durable state, for a transfer that was accepted just before a restart of the daemon.
 */
import { providerCallId, type ProviderCallId, type ProviderHost } from '@sidetone/core';
import { BoundedMap } from '@sidetone/plugin-kit';
import { z } from 'zod';
import { boundedWrite, encodeEntry, loadEntries } from '../calls/durable-state.ts';
import type { TakenOrder } from './call-xml.ts';
import { dialOrderSchema, type DialOrder } from './dial-order.ts';

/** How long a token stays valid if Vobiz does not request its URL, ms. */
export const TRANSFER_LIFETIME_MS = 5 * 60_000;
/** How long a repeated request of the same call gets the same XML, ms: Vobiz retries when a response is lost. */
export const TRANSFER_RETRY_MS = 30_000;
/** Largest number of pending transfers. */
export const MAX_TRANSFERS = 1000;

const STATE_PREFIX = 'transfer/';

const grantSchema = z.object({
  callId: z
    .string()
    .min(1)
    .transform((text) => providerCallId(text)),
  commandId: z.string(),
  expiresAt: z.number(),
  order: dialOrderSchema,
});

interface StoredGrant {
  readonly callId: ProviderCallId;
  readonly commandId: string;
  readonly order: DialOrder;
  readonly expiresAt: number;
}

interface Grant extends StoredGrant {
  readonly isUsed: boolean;
}

export interface TransferGrants {
  /** Loads the grants that were stored before a restart. */
  load(): Promise<void>;
  /** Returns a new token. Rejects if the grant cannot be stored. */
  issue(callId: ProviderCallId, commandId: string, order: DialOrder): Promise<string>;
  /** Returns the transfer of a token and marks it as used; undefined if it is unknown, expired or of another call. */
  take(token: string, callId: ProviderCallId): Promise<TakenOrder | undefined>;
  /** Returns whether a token is valid. */
  has(token: string): boolean;
  /** Deletes the grant of a transfer that Vobiz rejected. */
  drop(token: string): Promise<void>;
  /** Deletes the grants of an ended call. */
  revoke(callId: ProviderCallId): Promise<void>;
}

/** Creates an empty store; `load` adds what was stored before a restart. */
export function createTransferGrants(
  host: Pick<ProviderHost, 'state' | 'clock' | 'log' | 'randomToken'>,
): TransferGrants {
  const grants = new BoundedMap<string, Grant>(MAX_TRANSFERS, (token) => {
    host.log.warn('too many pending transfers, the oldest was dropped', { limit: MAX_TRANSFERS });
    void deleteStored(token);
  });

  const isValid = (grant: Grant | undefined): grant is Grant =>
    grant !== undefined && grant.expiresAt > host.clock.elapsed();
  const deleteStored = (token: string): Promise<void> =>
    boundedWrite(host, host.state.delete(STATE_PREFIX + token));

  async function drop(token: string): Promise<void> {
    grants.delete(token);
    await deleteStored(token);
  }

  async function dropWhere(isMatch: (grant: Grant) => boolean): Promise<void> {
    const tokens = [...grants].flatMap(([token, grant]) => (isMatch(grant) ? [token] : []));
    for (const token of tokens) await drop(token);
  }

  return {
    async load() {
      const stored = await loadEntries(
        host,
        STATE_PREFIX,
        (value) => grantSchema.safeParse(value).data as StoredGrant | undefined,
      );
      for (const [token, grant] of stored) grants.set(token, { ...grant, isUsed: false });
    },
    async issue(callId, commandId, order) {
      await dropWhere((grant) => !isValid(grant));
      const token = host.randomToken();
      const grant: StoredGrant = {
        callId,
        commandId,
        order,
        expiresAt: host.clock.elapsed() + TRANSFER_LIFETIME_MS,
      };
      grants.set(token, { ...grant, isUsed: false });
      await host.state.set(STATE_PREFIX + token, encodeEntry(host.clock, grant));
      return token;
    },
    async take(token, callId) {
      const grant = grants.get(token);
      if (!isValid(grant) || grant.callId !== callId) return undefined;
      const { commandId, order, isUsed } = grant;
      if (!isUsed) {
        grants.set(token, { ...grant, isUsed: true, expiresAt: host.clock.elapsed() + TRANSFER_RETRY_MS });
        await deleteStored(token);
      }
      return { commandId, order, isRepeated: isUsed };
    },
    has: (token) => isValid(grants.get(token)),
    drop,
    revoke: (callId) => dropWhere((grant) => grant.callId === callId),
  };
}
