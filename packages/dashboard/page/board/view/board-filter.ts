/** Filters and sorts the calls of the board. Pure. */
import type { EnumOf } from '../../api/graphql.ts';
import { digitsOf } from '../../ui/phone-number.ts';
import { compareReasons, type Reason } from '../../attention/reasons.ts';
import type { BoardCall } from '../board-state.ts';

export interface BoardFilter {
  readonly text: string;
  /** A provider id; empty for all. */
  readonly provider: string;
  /** The name of an assistant; empty for all. */
  readonly assistant: string;
  readonly status: EnumOf<'CallStatus'> | '';
  readonly sort: SortOrder;
}

type Attention = ReadonlyMap<string, readonly Reason[]>;
type Compare = (a: BoardCall, b: BoardCall, attention: Attention) => number;

const byAge = (a: BoardCall, b: BoardCall): number =>
  a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id);

/** Only the first order depends on the conversation; with the others a row moves only when a call starts or ends. */
export const SORT_ORDERS = {
  attention: {
    label: 'Needs attention first',
    compare: (a, b, attention) => compareReasons(attention.get(a.id), attention.get(b.id)) || byAge(a, b),
  },
  longest: { label: 'Longest first', compare: byAge },
  newest: { label: 'Newest first', compare: (a, b) => byAge(b, a) },
  provider: {
    label: 'Provider',
    compare: (a, b) => a.provider.displayName.localeCompare(b.provider.displayName) || byAge(a, b),
  },
  caller: {
    label: 'Caller',
    compare: (a, b) => (a.from ?? '').localeCompare(b.from ?? '') || byAge(a, b),
  },
} as const satisfies Record<string, { readonly label: string; readonly compare: Compare }>;

export type SortOrder = keyof typeof SORT_ORDERS;

export const NO_FILTER: BoardFilter = {
  text: '',
  provider: '',
  assistant: '',
  status: '',
  sort: 'longest',
};

export function filterCalls(
  calls: Iterable<BoardCall>,
  { text, provider, assistant, status, sort }: BoardFilter,
  attention: Attention = new Map(),
): BoardCall[] {
  const query = text.trim().toLowerCase();
  return [...calls]
    .filter(
      (call) =>
        (provider === '' || call.provider.id === provider) &&
        (assistant === '' || call.assistant?.name === assistant) &&
        (status === '' || call.status === status) &&
        (query === '' || matches(call, query)),
    )
    .toSorted((a, b) => SORT_ORDERS[sort].compare(a, b, attention));
}

/** Numbers match in any notation. */
function matches({ from, to, assistant, line, tags }: BoardCall, query: string): boolean {
  const digits = digitsOf(query)?.replace(/^\+/, '');
  const national = digits?.replace(/^0+(?=\d{3})/, '');
  const numbers = [from, to].map((number) => digitsOf(number ?? '')?.replace(/^\+/, '') ?? '');
  const isFound = (part: string | undefined): boolean =>
    part !== undefined && numbers.some((number) => number.includes(part));
  if (isFound(digits) || isFound(national)) return true;
  return [from, to, assistant?.name, line?.text, ...tags].some((part) => part?.toLowerCase().includes(query));
}
