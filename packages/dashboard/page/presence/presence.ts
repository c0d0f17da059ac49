/** Who else watches a call or listens to it. Pure. */

interface Attendee {
  readonly name: string;
}

export interface Attendance {
  readonly listeners: readonly Attendee[];
  readonly viewers: readonly Attendee[];
}

/** What the user of this page does, which is not shown to them. */
interface Own {
  readonly name: string;
  readonly isListening: boolean;
  readonly isViewing: boolean;
}

export interface Others {
  readonly listeners: readonly string[];
  readonly viewers: readonly string[];
}

const NO_OTHERS: Others = { listeners: [], viewers: [] };

/** Returns the names of the others. A listener is not listed as a viewer as well. */
export function othersOf({ listeners, viewers }: Attendance, own: Own): Others {
  const without = (names: readonly Attendee[], isOwn: boolean): string[] => {
    const list = names.map(({ name }) => name);
    const index = isOwn ? list.indexOf(own.name) : -1;
    return index < 0 ? list : list.toSpliced(index, 1);
  };
  const listening = without(listeners, own.isListening);
  const viewing = without(viewers, own.isViewing).filter((name) => !listening.includes(name));
  return listening.length + viewing.length === 0 ? NO_OTHERS : { listeners: listening, viewers: viewing };
}

/** Names as `Ana, Ben and 2 more`; equal names are counted. */
export function namesText(names: readonly string[], max = 3): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const labels = [...counts].map(([name, count]) => (count > 1 ? `${name} (${count})` : name));
  const more = labels.length - max;
  return more > 0 ? `${labels.slice(0, max).join(', ')} and ${more} more` : labels.join(', ');
}
