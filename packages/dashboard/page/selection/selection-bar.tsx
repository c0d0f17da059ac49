/** The actions on the selected calls. */
import { Button } from '../ui/button.tsx';
import { MissingScope } from '../ui/missing-scope.tsx';
import type { BoardActions } from '../board/board-actions.ts';
import { BULK_KIND_IDS, BULK_KINDS, callsText } from './bulk-kinds.ts';
import './selection-bar.css';

interface SelectionBarProps {
  readonly callIds: readonly string[];
  readonly actions: BoardActions;
  readonly onClear: () => void;
}

export default function SelectionBar({ callIds, actions, onClear }: SelectionBarProps) {
  const [only, ...others] = callIds;
  return (
    <section className="selection-bar" aria-label="Selected calls">
      <p role="status">{callsText(callIds.length)} selected</p>
      {only !== undefined && others.length === 0 && actions.canListen && (
        <Button onClick={() => actions.listen(only)}>Listen in</Button>
      )}
      {actions.canControl ? (
        BULK_KIND_IDS.map((kind) => (
          <Button
            key={kind}
            kind={'isDangerous' in BULK_KINDS[kind] ? 'danger' : 'plain'}
            onClick={() => actions.open(kind, callIds)}
          >
            {BULK_KINDS[kind].verb.split(' ')[0]}…
          </Button>
        ))
      ) : (
        <MissingScope scope="control">You cannot change calls.</MissingScope>
      )}
      <Button kind="quiet" onClick={onClear}>
        Clear selection
      </Button>
    </section>
  );
}
