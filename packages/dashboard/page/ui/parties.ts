/** The two ends of a call from the perspective of the account: the customer first, for both directions. */
import type { EnumOf } from '../api/graphql.ts';
import { phoneNumberText } from './format.ts';

interface CallEnds {
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

export function partiesOf({ direction, from, to, assistant }: CallEnds): Parties {
  const isOutbound = direction === 'OUTBOUND';
  const [customerNumber, accountNumber] = isOutbound ? [to, from] : [from, to];
  const other = [phoneNumberText(accountNumber), assistant?.name].filter(Boolean).join(' · ');
  return {
    customer: phoneNumberText(customerNumber) ?? 'Unknown number',
    other: `${isOutbound ? 'called by' : 'to'} ${other === '' ? 'an unknown number' : other}`,
  };
}
