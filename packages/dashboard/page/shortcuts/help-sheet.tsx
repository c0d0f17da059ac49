/** The keyboard shortcuts, and the switch that turns them off. */
import { useSyncExternalStore } from 'react';
import { Dialog } from '../ui/dialog/dialog.tsx';
import { SHORTCUTS } from './shortcuts.ts';
import { areShortcutsOn } from './use-shortcuts.ts';
import './help-sheet.css';

/** The keys of lists, which are no shortcuts: they also work while shortcuts are off. */
const LIST_KEYS = [
  ['↑ ↓ Page Up Page Down Home End', 'Move between calls'],
  ['Enter', 'Open the call'],
  ['Shift + ↑ ↓', 'Select a range of calls'],
] as const;

const ALL = Object.values(SHORTCUTS);
const GROUPS = [...new Set(ALL.map(({ group }) => group))];

export default function HelpSheet({ onClose }: { readonly onClose: () => void }) {
  const isOn = useSyncExternalStore(areShortcutsOn.subscribe, areShortcutsOn.state);
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <label className="check">
        <input type="checkbox" checked={isOn} onChange={({ target }) => areShortcutsOn.set(target.checked)} />
        <span>Use shortcuts of single keys</span>
      </label>
      {GROUPS.map((group) => (
        <section key={group}>
          <h3>{group}</h3>
          <dl className="shortcut-list">
            {ALL.filter((shortcut) => shortcut.group === group).map(({ keys, text }) => (
              <Row key={keys} keys={keys.split(' ')} text={text} />
            ))}
            {group === 'Live calls' &&
              LIST_KEYS.map(([keys, text]) => <Row key={keys} keys={[keys]} text={text} />)}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}

function Row({ keys, text }: { readonly keys: readonly string[]; readonly text: string }) {
  return (
    <div>
      <dt>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{text}</dd>
    </div>
  );
}
