/** The menu of the session in the header: its button shows who is signed in. */
import { Suspense, useId, useState } from 'react';
import { lazyPart } from '../browser/lazy-part.tsx';
import { Icon } from '../ui/icon.tsx';
import { Text } from '../ui/text/text.tsx';
import { useSession } from './session-context.ts';
import './session-menu.css';

const SessionPanel = lazyPart(() => import('./session-panel.tsx'));

export function SessionMenu() {
  const { name } = useSession().viewer;
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <>
      <button
        type="button"
        className="button button-quiet session-button"
        popoverTarget={id}
        title={`Signed in as ${name}`}
      >
        <Icon name="user" />
        <span className="visually-hidden">Signed in as</span>
        <Text className="clip">{name}</Text>
      </button>
      <div
        id={id}
        popover="auto"
        className="session-menu"
        role="dialog"
        aria-label="Your session"
        onToggle={({ newState }) => setOpen(newState === 'open')}
      >
        <Suspense>{isOpen && <SessionPanel />}</Suspense>
      </div>
    </>
  );
}
