/** The headings of the columns, and the box that selects all rows. */
import { COLUMNS, type ColumnId } from '../view/columns.ts';

interface BoardHeaderProps {
  readonly columns: readonly ColumnId[];
  readonly isAllSelected: boolean;
  readonly onToggleAll: () => void;
}

export function BoardHeader({ columns, isAllSelected, onToggleAll }: BoardHeaderProps) {
  return (
    <div className="board-header" role="rowgroup">
      <div className="board-row" role="row" aria-rowindex={1}>
        <span role="columnheader" className="board-select">
          <input
            type="checkbox"
            checked={isAllSelected}
            aria-label="Select all calls"
            onChange={onToggleAll}
          />
        </span>
        {columns.map((column) => (
          <span key={column} role="columnheader">
            {COLUMNS[column].label}
          </span>
        ))}
        <span role="columnheader">
          <span className="visually-hidden">Actions</span>
        </span>
      </div>
    </div>
  );
}
