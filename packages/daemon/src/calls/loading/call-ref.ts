/** The two ways to name a call. */
import type { CallId, ProviderCallId, ProviderId } from '@sidetone/core';

export interface ProviderCallRef {
  readonly providerId: ProviderId;
  readonly providerCallId: ProviderCallId;
}

export type CallRef = CallId | ProviderCallRef;

export const refKey = (ref: CallRef): string =>
  typeof ref === 'string' ? ref : `${ref.providerId}\n${ref.providerCallId}`;
