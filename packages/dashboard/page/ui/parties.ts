/** The two ends of a call from the perspective of the account: the customer first, for both directions. */
import type { EnumOf } from '../api/graphql.ts';
import { phoneNumberText } from './format.ts';
import { isolate } from './text/isolate.ts';

export interface CallEnds {
  readonly direction: EnumOf<'CallDirection'> | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly assistant: { readonly name: string | null } | null;
}

interface Parties {
  readonly customer: string;
  /** The other end, as `to …` or `called by …`. */
  readonly other: string;
}

/** Returns the number of the customer in groups; undefined if it is not known. */
export const customerNumberOf = ({ direction, from, to }: CallEnds): string | undefined =>
  phoneNumberText(direction === 'OUTBOUND' ? to : from);

/** The same for the number of the account. */
export const accountNumberOf = ({ direction, from, to }: CallEnds): string | undefined =>
  phoneNumberText(direction === 'OUTBOUND' ? from : to);

export function partiesOf(call: CallEnds): Parties {
  const other = [accountNumberOf(call), call.assistant?.name]
    .flatMap((text) => text || [])
    .map(isolate)
    .join(' · ');
  return {
    customer: customerNumberOf(call) ?? 'Unknown number',
    other: `${call.direction === 'OUTBOUND' ? 'called by' : 'to'} ${other === '' ? 'an unknown number' : other}`,
  };
}
