/** The two ways to name a call. */
import type { CallId, ProviderCallId, ProviderId } from '@sidetone/core';

export interface ProviderCallRef {
  readonly providerId: ProviderId;
  readonly providerCallId: ProviderCallId;
}

export type CallRef = CallId | ProviderCallRef;

export const refKey = (ref: CallRef): string =>
  typeof ref === 'string' ? ref : `${ref.providerId}\n${ref.providerCallId}`;

/** Returns the two ids of a key; undefined if it is that of a call. */
export function refOf(key: string): ProviderCallRef | undefined {
  const end = key.indexOf('\n');
  if (end === -1) return undefined;
  return {
    providerId: key.slice(0, end) as ProviderId,
    providerCallId: key.slice(end + 1) as ProviderCallId,
  };
}
