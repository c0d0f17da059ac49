/** The columns of the board, in their order. Pure. */

interface Column {
  readonly label: string;
  /** The size of the track of the grid. */
  readonly width: string;
  /** Whether it cannot be hidden. */
  readonly isFixed?: true;
  /** Whether it is shown only if the user selects it. */
  readonly isExtra?: true;
}

export const COLUMNS = {
  call: { label: 'Call', width: 'minmax(11rem, 1.1fr)', isFixed: true },
  provider: { label: 'Provider', width: 'minmax(8rem, 0.7fr)' },
  assistant: { label: 'Assistant', width: 'minmax(8rem, 0.7fr)', isExtra: true },
  time: { label: 'Duration', width: '10.5rem' },
  speaking: { label: 'Speaking', width: '11rem' },
  tags: { label: 'Tags', width: 'minmax(6rem, 0.7fr)', isExtra: true },
  line: { label: 'Latest transcript', width: 'minmax(10rem, 3fr)' },
} as const satisfies Record<string, Column>;

export type ColumnId = keyof typeof COLUMNS;
export const COLUMN_IDS = Object.keys(COLUMNS) as ColumnId[];

const isOptional = (id: ColumnId): boolean => !('isFixed' in COLUMNS[id]);
export const OPTIONAL_COLUMNS = COLUMN_IDS.filter(isOptional);
export const DEFAULT_COLUMNS = COLUMN_IDS.filter((id) => !('isExtra' in COLUMNS[id]));

/** The selected columns in their order, with those that cannot be hidden. */
export const orderedColumns = (ids: Iterable<string>): readonly ColumnId[] => {
  const selected = new Set(ids);
  return COLUMN_IDS.filter((id) => !isOptional(id) || selected.has(id));
};

/** The tracks of the grid of a row: the selection, the columns, the actions. */
export const gridOf = (columns: readonly ColumnId[]): string =>
  ['1.25rem', ...columns.map((id) => COLUMNS[id].width), '6.75rem'].join(' ');
