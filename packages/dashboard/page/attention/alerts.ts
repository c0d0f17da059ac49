/** Which calls are announced, and in which words. Pure. */
import { partiesOf } from '../ui/parties.ts';
import type { Reason } from './reasons.ts';
import { RULES } from './rules.ts';

type Attention = ReadonlyMap<string, readonly Reason[]>;
/** What an alert says about a call. */
export type AlertedCall = Parameters<typeof partiesOf>[0];

/** Returns the calls that need attention now and did not before. A further reason of the same call is not announced. */
export const newlyNeeded = (before: Attention, after: Attention): readonly string[] =>
  before === after ? [] : [...after.keys()].filter((id) => !before.has(id));

export interface Alert {
  readonly title: string;
  readonly text: string;
}

/** The alert about one call, or about several at once. */
export function alertOf(
  ids: readonly string[],
  calls: ReadonlyMap<string, AlertedCall>,
  attention: Attention,
): Alert {
  const [id] = ids;
  const call = id === undefined ? undefined : calls.get(id);
  if (ids.length > 1 || !call) return { title: `${ids.length} calls need attention`, text: '' };
  const [reason] = attention.get(id!) ?? [];
  return {
    title: reason ? RULES[reason.rule].text : 'A call needs attention',
    text: partiesOf(call).customer,
  };
}
