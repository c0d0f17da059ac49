import { isFault } from '@sidetone/core';
import type { Delivery } from '../providers/scenario-player.ts';

/** Returns the status or the code with which a request was rejected; undefined if it was accepted. */
export function outcomeName({ outcome }: Delivery): string | undefined {
  if (outcome.state === 'fulfilled')
    return outcome.value.status >= 400 ? String(outcome.value.status) : undefined;
  if (outcome.state === 'pending') return 'no answer';
  return isFault(outcome.error) ? outcome.error.code : 'an exception';
}
