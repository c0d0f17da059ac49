/** The keyboard shortcuts of all pages. The help sheet shows this table, and each entry has a handler on the page that has it. Pure. */

interface Shortcut {
  /** Keys as the browser names them, separated by blanks if they are pressed one after the other. */
  readonly keys: string;
  readonly text: string;
  readonly group: 'Everywhere' | 'Live calls' | 'One call';
}

export const SHORTCUTS = {
  help: { keys: '?', text: 'Show the keyboard shortcuts', group: 'Everywhere' },
  search: { keys: '/', text: 'Search or filter', group: 'Everywhere' },
  goLive: { keys: 'g l', text: 'Go to live calls', group: 'Everywhere' },
  goHistory: { keys: 'g h', text: 'Go to history', group: 'Everywhere' },
  goOverview: { keys: 'g o', text: 'Go to the overview', group: 'Everywhere' },
  goProviders: { keys: 'g p', text: 'Go to providers', group: 'Everywhere' },
  stopListening: { keys: 's', text: 'Stop listening', group: 'Everywhere' },
  next: { keys: 'j', text: 'Next call', group: 'Live calls' },
  previous: { keys: 'k', text: 'Previous call', group: 'Live calls' },
  select: { keys: 'x', text: 'Select the call', group: 'Live calls' },
  showNew: { keys: 'n', text: 'Show new calls', group: 'Live calls' },
  listen: { keys: 'l', text: 'Listen in to the call', group: 'One call' },
  playPause: { keys: 'Space', text: 'Play or pause the recording', group: 'One call' },
} as const satisfies Record<string, Shortcut>;

export type ShortcutId = keyof typeof SHORTCUTS;

/** How long after the first key of a sequence the second one is expected, ms. */
export const SEQUENCE_MS = 1500;

const BY_KEYS: ReadonlyMap<string, ShortcutId> = new Map(
  Object.entries(SHORTCUTS).map(([id, { keys }]) => [keys, id as ShortcutId] as const),
);
const FIRST_KEYS = new Set(
  [...BY_KEYS.keys()].flatMap((keys) => (keys.includes(' ') ? keys.split(' ')[0]! : [])),
);

/** Returns a function that takes each key press and returns the shortcut that it completes. */
export function createMatcher(): (key: string, at: number) => ShortcutId | undefined {
  let first: { readonly key: string; readonly at: number } | undefined;
  return (key, at) => {
    const name = key === ' ' ? 'Space' : key;
    const isSecond = first !== undefined && at - first.at < SEQUENCE_MS;
    const found = isSecond ? BY_KEYS.get(`${first!.key} ${name}`) : undefined;
    first = found === undefined && FIRST_KEYS.has(name) ? { key: name, at } : undefined;
    return found ?? (first ? undefined : BY_KEYS.get(name));
  };
}

/** What is known about the target of a key press. */
interface KeyTarget {
  readonly tagName: string;
  readonly isContentEditable?: boolean;
  readonly type?: string;
}

const TYPING_TAGS = new Set(['TEXTAREA', 'SELECT']);
const NOT_TYPED = new Set(['checkbox', 'radio', 'button', 'submit', 'reset']);
const PRESSED_TAGS = new Set(['BUTTON', 'A', 'SUMMARY', 'INPUT', 'AUDIO', 'VIDEO']);

/** Whether a key press belongs to the element that has the focus, and not to a shortcut. */
export function belongsToTarget(key: string, { tagName, isContentEditable, type }: KeyTarget): boolean {
  if (isContentEditable === true || TYPING_TAGS.has(tagName)) return true;
  if (tagName === 'INPUT' && !NOT_TYPED.has(type ?? 'text')) return true;
  return key === ' ' && PRESSED_TAGS.has(tagName);
}
