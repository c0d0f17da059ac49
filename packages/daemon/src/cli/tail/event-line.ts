/** Shows events and levels as text. Pure. */

/** An event as the document of `follow.ts` selects it. Fields of other types are absent. */
export interface TailEvent {
  readonly cursor: string;
  readonly type: string;
  readonly at: string;
  readonly by: string | null;
  readonly call: { readonly id: string };
  readonly utterance?: { readonly party: string; readonly text: string };
  readonly status?: string;
  readonly end?: { readonly category: string; readonly code: string | null };
  readonly party?: string;
  readonly code?: string;
  readonly message?: string;
  readonly digits?: string;
  readonly command?: { readonly kind: string };
  readonly commandStatus?: string;
}

export interface TailLevels {
  readonly levels: readonly {
    readonly callId: string;
    readonly parties: readonly {
      readonly party: string;
      readonly peakDb: number;
      readonly speaking: boolean;
    }[];
  }[];
}

/** Returns the event in one line: time, call, and what happened. */
export function lineOf(event: TailEvent): string {
  const time = event.at.slice(11, 19);
  return `${time}  ${event.call.id}  ${textOf(event)}`;
}

function textOf({
  type,
  utterance,
  status,
  end,
  party,
  code,
  message,
  digits,
  command,
  ...event
}: TailEvent): string {
  if (utterance) {
    const revised = type === 'UTTERANCE_REVISED' ? ' (revised)' : '';
    return `${utterance.party}: ${utterance.text}${revised}`;
  }
  const details = [
    status,
    end && [end.category, end.code].filter(Boolean).join(' '),
    party,
    code && `${code}: ${message ?? ''}`,
    digits,
    command && `${command.kind} ${event.commandStatus ?? ''}`.trimEnd(),
    event.by && `by ${event.by}`,
  ].filter(Boolean);
  const name = type.toLowerCase().replaceAll('_', ' ');
  return details.length === 0 ? name : `${name}  ${details.join('  ')}`;
}

/** The level at which a bar is empty, dBFS. */
const QUIET_DB = -60;
const BAR_WIDTH = 12;
/** The number of calls whose levels fit in a line. */
const SHOWN_CALLS = 2;

/** Returns the levels in one line: a bar for each party, in capitals while it speaks. */
export function levelsOf({ levels }: TailLevels): string {
  const shown = levels.slice(0, SHOWN_CALLS).map(({ callId, parties }) => {
    const bars = parties.map(({ party, peakDb, speaking }) => {
      const name = speaking ? party : party.toLowerCase();
      return `${name} ${barOf(peakDb)}`;
    });
    return `${callId.slice(-6)} ${bars.join(' ')}`;
  });
  const others = levels.length - shown.length;
  return [...shown, ...(others > 0 ? [`and ${others} more`] : [])].join('  ');
}

function barOf(db: number): string {
  const share = Math.min(1, Math.max(0, (db - QUIET_DB) / -QUIET_DB));
  const full = Math.round(share * BAR_WIDTH);
  return '#'.repeat(full) + '.'.repeat(BAR_WIDTH - full);
}
