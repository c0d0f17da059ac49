/** Remembers which calls were erased, as `store/removal/tombstones.ts` does in SQLite, with digests under the same key. */
import { createHmac, randomBytes } from 'node:crypto';
import type { ProviderCallId, ProviderId } from '@sidetone/core';
import { ERASED_CALLS, TOMBSTONE_KEY, TOMBSTONE_MS } from '../../removal/tombstones.ts';
import type { Queries } from '../connection/session.ts';

interface ErasedCall {
  readonly providerId: ProviderId;
  readonly providerCallId: ProviderCallId;
}

const digestOf = (key: string, { providerId, providerCallId }: ErasedCall): string =>
  createHmac('sha256', key).update(`${providerId}\n${providerCallId}`).digest('base64url');

/** Call it in the transaction that erases the call. */
export async function rememberErased(queries: Queries, call: ErasedCall, now: number): Promise<void> {
  const [row] = await queries.rows<{ value: string }>({
    text: 'insert into meta (key, value) values ($1, $2) on conflict (key) do update set value = meta.value returning value',
    values: [TOMBSTONE_KEY, randomBytes(32).toString('base64url')],
  });
  await queries.run({
    text: `insert into plugin_state (provider_id, key, value) values ($1, $2, $3)
      on conflict (provider_id, key) do update set value = excluded.value`,
    values: [ERASED_CALLS, digestOf(row!.value, call), String(now)],
  });
}

export async function isRemembered(queries: Queries, call: ErasedCall, now: number): Promise<boolean> {
  const [key] = await queries.rows<{ value: string }>({
    name: 'meta_value',
    text: 'select value from meta where key = $1',
    values: [TOMBSTONE_KEY],
  });
  if (!key) return false;
  const [found] = await queries.rows<{ value: string }>({
    name: 'plugin_state_value',
    text: 'select value from plugin_state where provider_id = $1 and key = $2',
    values: [ERASED_CALLS, digestOf(key.value, call)],
  });
  return found !== undefined && now - Number(found.value) < TOMBSTONE_MS;
}

/** Forgets the calls that were erased too long ago. */
export const forgetErased = (queries: Queries, now: number): Promise<number> =>
  queries.run({
    text: 'delete from plugin_state where provider_id = $1 and value::bigint <= $2',
    values: [ERASED_CALLS, now - TOMBSTONE_MS],
  });
