/** Who a call is with, seen from the account: the customer first, whoever began it. */
import type { EnumOf } from '../api/graphql.ts';
import { numberText } from './format.ts';

export interface Ends {
  readonly direction: EnumOf<'CallDirection'> | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly assistant: { readonly name: string | null } | null;
}

export interface Parties {
  readonly customer: string;
  /** The other end, with how the two are related. */
  readonly other: string;
}

export function partiesOf({ direction, from, to, assistant }: Ends): Parties {
  const isOutbound = direction === 'OUTBOUND';
  const [theirs, ours] = isOutbound ? [to, from] : [from, to];
  const other = [numberText(ours), assistant?.name].filter(Boolean).join(' · ');
  return {
    customer: numberText(theirs) ?? 'Unknown number',
    other: `${isOutbound ? 'called by' : 'to'} ${other === '' ? 'an unknown number' : other}`,
  };
}
