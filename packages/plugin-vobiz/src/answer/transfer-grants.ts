/**
 * The addresses from which Vobiz takes the XML of a transfer: unguessable, for one call, for one use, and for minutes.
 * Kept in the durable state, for a transfer that was taken just before a restart of the daemon.
 */
import { parseJson } from '@sidetone/plugin-kit';
import { providerCallId, type ProviderCallId, type ProviderHost } from '@sidetone/core';
import { z } from 'zod';
import { keptSoon } from '../calls/durable-state.ts';
import type { TransferOrder } from '../control/transfer-order.ts';

/** How long an address holds that nobody asked, ms. */
export const TRANSFER_LIFE_MS = 5 * 60_000;
/** How long after its use a repeated request of the same call still gets the same answer, ms: Vobiz asks again when an answer is lost. */
export const TRANSFER_RETRY_MS = 30_000;
/** How many transfers may be on their way; beyond, the oldest goes. */
export const MAX_TRANSFERS = 1000;

const STATE_PREFIX = 'transfer/';

const grantSchema = z.object({
  callId: z.string().min(1),
  commandId: z.string(),
  expiresAt: z.number(),
  order: z.object({
    to: z.string().min(1),
    callerId: z.string().optional(),
    sendDigits: z.string().optional(),
    content: z.string().optional(),
    attributes: z.record(z.string(), z.string()),
  }),
});

interface Grant {
  readonly callId: ProviderCallId;
  readonly commandId: string;
  readonly order: TransferOrder;
  readonly expiresAt: number;
  readonly isUsed: boolean;
}

export interface TakenTransfer {
  readonly commandId: string;
  readonly order: TransferOrder;
  /** Whether it is asked for again. */
  readonly isRepeated: boolean;
}

export interface TransferGrants {
  load(): Promise<void>;
  /** The token of a transfer. Settles when it would survive a restart. */
  issue(callId: ProviderCallId, commandId: string, order: TransferOrder): Promise<string>;
  /** The transfer that a token stands for, which is then used up; undefined for another call's, or none. */
  take(token: string, callId: ProviderCallId): Promise<TakenTransfer | undefined>;
  /** Whether a token stands for anything. */
  has(token: string): boolean;
  /** Takes back a transfer that Vobiz did not take. */
  drop(token: string): Promise<void>;
  /** Takes back the transfers of a call that ended. */
  revoke(callId: ProviderCallId): Promise<void>;
}

/** No transfers yet. */
export function createTransferGrants(
  host: Pick<ProviderHost, 'state' | 'clock' | 'log' | 'randomToken'>,
): TransferGrants {
  const grants = new Map<string, Grant>();

  const isValid = (grant: Grant | undefined): grant is Grant =>
    grant !== undefined && grant.expiresAt > host.clock.now();

  async function drop(token: string): Promise<void> {
    grants.delete(token);
    await keptSoon(host, host.state.delete(STATE_PREFIX + token));
  }

  /** Those that ran out, and the oldest when there are too many. */
  function superfluous(): readonly string[] {
    const out = [...grants].filter(([, grant]) => !isValid(grant)).map(([token]) => token);
    if (grants.size - out.length < MAX_TRANSFERS) return out;
    host.log.warn('too many transfers are on their way: the oldest was taken back', { limit: MAX_TRANSFERS });
    return [...out, ...[...grants.keys()].filter((token) => !out.includes(token)).slice(0, 1)];
  }

  return {
    async load() {
      for (const [key, value] of await host.state.list(STATE_PREFIX)) {
        const read = grantSchema.safeParse(parseJson(value));
        if (!read.success || read.data.expiresAt <= host.clock.now()) {
          await host.state.delete(key);
          continue;
        }
        const grant = { ...read.data, callId: providerCallId(read.data.callId), isUsed: false } as Grant;
        grants.set(key.slice(STATE_PREFIX.length), grant);
      }
    },
    async issue(callId, commandId, order) {
      for (const token of superfluous()) await drop(token);
      const token = host.randomToken();
      const grant = { callId, commandId, order, expiresAt: host.clock.now() + TRANSFER_LIFE_MS };
      grants.set(token, { ...grant, isUsed: false });
      await host.state.set(STATE_PREFIX + token, JSON.stringify(grant));
      return token;
    },
    async take(token, callId) {
      const grant = grants.get(token);
      if (!isValid(grant) || grant.callId !== callId) return undefined;
      const { commandId, order, isUsed } = grant;
      if (!isUsed) {
        grants.set(token, { ...grant, isUsed: true, expiresAt: host.clock.now() + TRANSFER_RETRY_MS });
        await keptSoon(host, host.state.delete(STATE_PREFIX + token));
      }
      return { commandId, order, isRepeated: isUsed };
    },
    has: (token) => isValid(grants.get(token)),
    drop,
    async revoke(callId) {
      const tokens = [...grants].filter(([, grant]) => grant.callId === callId).map(([token]) => token);
      for (const token of tokens) await drop(token);
    },
  };
}
