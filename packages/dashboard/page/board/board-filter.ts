/** Which calls are shown, and in what order. Pure. */
import type { EnumOf } from '../api/graphql.ts';
import type { BoardCall } from './board-state.ts';

export interface BoardFilter {
  readonly text: string;
  /** A provider's id; empty for all. */
  readonly provider: string;
  readonly status: EnumOf<'CallStatus'> | '';
  readonly order: SortOrder;
}

type Compare = (one: BoardCall, other: BoardCall) => number;

const byAge: Compare = (one, other) =>
  one.createdAt.localeCompare(other.createdAt) || one.id.localeCompare(other.id);

/** Orders that speech does not change: a row moves only when a call comes or goes. */
export const SORT_ORDERS = {
  longest: { label: 'Longest first', compare: byAge },
  newest: { label: 'Newest first', compare: (one, other) => byAge(other, one) },
  provider: {
    label: 'By provider',
    compare: (one, other) =>
      one.provider.displayName.localeCompare(other.provider.displayName) || byAge(one, other),
  },
  caller: {
    label: 'By caller',
    compare: (one, other) => (one.from ?? '').localeCompare(other.from ?? '') || byAge(one, other),
  },
} as const satisfies Record<string, { readonly label: string; readonly compare: Compare }>;

export type SortOrder = keyof typeof SORT_ORDERS;

export const NO_FILTER: BoardFilter = { text: '', provider: '', status: '', order: 'longest' };

export function filterCalls(
  calls: Iterable<BoardCall>,
  { text, provider, status, order }: BoardFilter,
): BoardCall[] {
  const wanted = text.trim().toLowerCase();
  return [...calls]
    .filter(
      (call) =>
        (provider === '' || call.provider.id === provider) &&
        (status === '' || call.status === status) &&
        (wanted === '' || isAbout(call, wanted)),
    )
    .toSorted(SORT_ORDERS[order].compare);
}

/** Numbers are found whether they are typed with blanks and dashes or not. */
function isAbout({ from, to, assistant, line, tags }: BoardCall, wanted: string): boolean {
  const digits = wanted.replaceAll(/[\s()+.-]/g, '');
  const numbers = [from, to].map((number) => (number ?? '').replaceAll(/[\s()+.-]/g, ''));
  if (/^\d+$/.test(digits) && numbers.some((number) => number.includes(digits))) return true;
  return [from, to, assistant?.name, line?.text, ...tags].some((part) =>
    part?.toLowerCase().includes(wanted),
  );
}
