/** Asks for confirmation. The native dialog traps the focus and restores it when it closes. */
import { useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { Button } from './button.tsx';
import './confirm-dialog.css';

interface ConfirmDialogProps {
  readonly title: string;
  readonly children: ReactNode;
  /** The label of the button that confirms. */
  readonly action: string;
  /** A word that has to be typed before the action is possible, if it destroys something. */
  readonly typed?: string;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function ConfirmDialog({ title, children, action, typed, onConfirm, onClose }: ConfirmDialogProps) {
  const [text, setText] = useState('');
  const dialog = useRef<HTMLDialogElement>(null);
  const [titleId, textId] = [useId(), useId()];
  // Close before the element is removed: otherwise the browser does not restore the focus.
  useLayoutEffect(() => {
    const element = dialog.current!;
    element.showModal();
    return () => element.close();
  }, []);

  return (
    <dialog
      ref={dialog}
      className="confirm"
      aria-labelledby={titleId}
      aria-describedby={textId}
      onCancel={onClose}
    >
      <h2 id={titleId}>{title}</h2>
      <p id={textId}>{children}</p>
      {typed !== undefined && (
        <label className="field">
          <span>Type “{typed}” to confirm</span>
          <input autoFocus autoComplete="off" value={text} onChange={({ target }) => setText(target.value)} />
        </label>
      )}
      <div className="confirm-actions">
        <Button autoFocus={typed === undefined} onClick={onClose}>
          Cancel
        </Button>
        <Button
          kind="danger"
          disabled={typed !== undefined && text.trim().toLowerCase() !== typed}
          onClick={() => {
            onConfirm();
            onClose();
          }}
        >
          {action}
        </Button>
      </div>
    </dialog>
  );
}
