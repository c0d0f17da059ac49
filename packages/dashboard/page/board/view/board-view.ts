/** What the board shows: filters, order, columns and density. It is stored in the URL, so that a view can be kept and shared. Pure. */
import { STATUS_LABELS } from '../../ui/labels.ts';
import { NO_FILTER, SORT_ORDERS, type BoardFilter } from './board-filter.ts';
import { DEFAULT_COLUMNS, orderedColumns, type ColumnId } from './columns.ts';

export type Density = 'comfortable' | 'compact';

export interface BoardView {
  readonly filter: BoardFilter;
  readonly columns: readonly ColumnId[];
  readonly density: Density;
}

export const DEFAULT_VIEW: BoardView = {
  filter: NO_FILTER,
  columns: DEFAULT_COLUMNS,
  density: 'comfortable',
};

/** Validates values of the filter from the URL. Invalid values are ignored. */
const VALIDATORS = {
  text: () => true,
  provider: () => true,
  assistant: () => true,
  status: (text) => Object.hasOwn(STATUS_LABELS, text),
  sort: (text) => Object.hasOwn(SORT_ORDERS, text),
} as const satisfies Record<keyof BoardFilter, (text: string) => boolean>;

const FILTER_KEYS = Object.keys(VALIDATORS) as (keyof BoardFilter)[];

/** @param search the query string of a URL, without the question mark. */
export function parseView(search: string): BoardView {
  const params = new URLSearchParams(search);
  const filter = Object.fromEntries(
    FILTER_KEYS.map((key) => {
      const value = params.get(key);
      return [key, value !== null && VALIDATORS[key](value) ? value : NO_FILTER[key]];
    }),
  ) as unknown as BoardFilter;
  const columns = params.get('columns');
  return {
    filter,
    columns: columns === null ? DEFAULT_COLUMNS : orderedColumns(columns.split(',')),
    density: params.get('density') === 'compact' ? 'compact' : 'comfortable',
  };
}

/** Returns the query string of a view: empty for the default one. */
export function formatView({ filter, columns, density }: BoardView): string {
  const params = new URLSearchParams();
  for (const key of FILTER_KEYS) if (filter[key] !== NO_FILTER[key]) params.set(key, filter[key]);
  if (columns.join() !== DEFAULT_COLUMNS.join()) params.set('columns', columns.join());
  if (density !== 'comfortable') params.set('density', density);
  return params.toString();
}

export const boardHref = (search: string): string => (search === '' ? '/' : `/?${search}`);

/** The wall screen of a view. */
export const wallHref = (search: string): string => `/?wall${search === '' ? '' : `&${search}`}`;
export const isWall = (search: string): boolean => new URLSearchParams(search).has('wall');
