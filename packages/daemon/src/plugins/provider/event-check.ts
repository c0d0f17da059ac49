/** Checks what a sender chose in an event, after the check of its types. */
import type { ProviderEvent } from '@sidetone/core';

/** The ids of a provider that declares no grammar: not `.` or `..`, and no slash or control character. */
const ANY_CALL_ID = /^(?!\.{1,2}$)[^/\\\p{Cc}]{1,256}$/u;

/** Returns why an event is rejected, without its values; undefined if it is accepted. */
export type EventCheck = (event: Pick<ProviderEvent, 'type' | 'providerCallId'>) => string | undefined;

/** Creates the check of a provider. `callIdPattern` is the grammar of its call ids. */
export function createEventCheck(callIdPattern: RegExp = ANY_CALL_ID): EventCheck {
  // A pattern with the flag `g` or `y` would remember its last match.
  const pattern = new RegExp(callIdPattern.source, callIdPattern.flags.replaceAll(/[gy]/g, ''));
  return ({ type, providerCallId }) =>
    pattern.test(providerCallId) ? undefined : `${type}.providerCallId: not an id of this provider`;
}
