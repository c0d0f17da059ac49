/** Actions on one call, in its row. Only those of the active row are reached with Tab. */
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { BoardActions } from '../board-actions.ts';

interface RowActionsProps {
  readonly callId: string;
  readonly name: string;
  readonly isActive: boolean;
  readonly actions: BoardActions;
}

export function RowActions({ callId, name, isActive, actions }: RowActionsProps) {
  const tabIndex = isActive ? 0 : -1;
  return (
    <span className="row-actions">
      {actions.canListen && (
        <Button
          kind="icon"
          tabIndex={tabIndex}
          aria-label={`Listen in to ${name}`}
          title="Listen in"
          onClick={() => actions.listen(callId)}
        >
          <Icon name="headphones" />
        </Button>
      )}
      {actions.canControl && (
        <>
          <Button
            kind="icon"
            tabIndex={tabIndex}
            aria-label={`Tag ${name}`}
            title="Tag"
            onClick={() => actions.open('tag', [callId])}
          >
            <Icon name="tag" />
          </Button>
          <Button
            kind="icon"
            tabIndex={tabIndex}
            aria-label={`End the call of ${name}`}
            title="End call"
            onClick={() => actions.open('end', [callId])}
          >
            <Icon name="hang-up" />
          </Button>
        </>
      )}
    </span>
  );
}
