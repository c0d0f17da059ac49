/** Columns and density of the board, a link to the view, and the wall screen. */
import { useLocation } from 'wouter';
import { ROOT } from '../../api/root.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/clipboard/copy-button.tsx';
import { Dialog } from '../../ui/dialog/dialog.tsx';
import { boardHref, formatView, wallHref, type BoardView, type Density } from './board-view.ts';
import { COLUMNS, OPTIONAL_COLUMNS, orderedColumns, type ColumnId } from './columns.ts';

const DENSITIES = {
  comfortable: 'Comfortable: two lines for each call',
  compact: 'Compact: one line for each call',
} as const satisfies Record<Density, string>;

interface ViewDialogProps {
  readonly view: BoardView;
  readonly onView: (view: BoardView) => void;
  readonly onClose: () => void;
}

export default function ViewDialog({ view, onView, onClose }: ViewDialogProps) {
  const [, navigate] = useLocation();
  const { columns, density } = view;
  const search = formatView(view);
  const setColumn = (column: ColumnId, isShown: boolean): void =>
    onView({
      ...view,
      columns: orderedColumns(isShown ? [...columns, column] : columns.filter((each) => each !== column)),
    });

  function openWall(): void {
    void document.documentElement.requestFullscreen?.().catch(() => undefined);
    navigate(wallHref(search));
  }

  return (
    <Dialog title="View" onClose={onClose}>
      <fieldset>
        <legend>Columns</legend>
        {OPTIONAL_COLUMNS.map((column) => (
          <label key={column} className="check">
            <input
              type="checkbox"
              checked={columns.includes(column)}
              onChange={({ target }) => setColumn(column, target.checked)}
            />
            <span>{COLUMNS[column].label}</span>
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>Density</legend>
        {(Object.keys(DENSITIES) as Density[]).map((each) => (
          <label key={each} className="check">
            <input
              type="radio"
              name="density"
              checked={density === each}
              onChange={() => onView({ ...view, density: each })}
            />
            <span>{DENSITIES[each]}</span>
          </label>
        ))}
      </fieldset>
      <section>
        <h3>Keep this view</h3>
        <p className="muted">Filters, order, columns and density are in the address of the page.</p>
        <div className="dialog-actions">
          <Button onClick={openWall}>Open as wall screen</Button>
          <CopyButton
            text={`${location.origin}${ROOT.slice(0, -1)}${boardHref(search)}`}
            what="to this view"
            label="Copy link"
          />
        </div>
      </section>
    </Dialog>
  );
}
