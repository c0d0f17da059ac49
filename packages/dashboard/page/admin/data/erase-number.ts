/** Erases everything of one number, in steps, and says what was erased and what was kept. Pure, except for the step. */
import type { ApiError } from '../../api/errors.ts';
import { digitsOf } from '../../ui/phone-number.ts';
import type { ErasedPart } from './documents.ts';

export interface Erased {
  readonly status: ErasedPart['status'];
  readonly calls: number;
  readonly commands: number;
  /** Ids of calls that were kept. */
  readonly held: readonly string[];
  readonly live: readonly string[];
}

/** The largest number of steps; each erases up to 100 calls. */
export const MAX_STEPS = 1000;

/** Repeats the step until nothing is left. @param onStep receives the sums so far */
export async function eraseAll(
  step: () => Promise<ErasedPart | ApiError>,
  onStep: (erased: Erased) => void,
): Promise<Erased | ApiError> {
  let erased: Erased = { status: 'MORE', calls: 0, commands: 0, held: [], live: [] };
  for (let i = 0; i < MAX_STEPS && erased.status === 'MORE'; i++) {
    const part = await step();
    if ('code' in part) return part;
    const { status, calls, commands, held, live } = part;
    erased = { status, calls: erased.calls + calls, commands: erased.commands + commands, held, live };
    onStep(erased);
  }
  // The last step of several has nothing left to erase.
  if (erased.status === 'NOT_FOUND' && erased.calls + erased.commands > 0)
    return { ...erased, status: 'ERASED' };
  return erased;
}

const STATUS_TEXTS = {
  ERASED: 'Nothing of the number is left, except in calls that were kept.',
  MORE: 'Calls are left: erase the number again.',
  NOT_FOUND: 'There was nothing to erase.',
  PENDING:
    'Nothing of the number can be found any longer. Content may still be in the database file, because another program reads it; it is removed as soon as possible.',
} as const satisfies Record<ErasedPart['status'], string>;

const countText = (count: number, one: string, many: string): string =>
  `${count.toLocaleString()} ${count === 1 ? one : many}`;

export function erasedText({ status, calls, commands }: Erased): string {
  const erased = `Erased ${countText(calls, 'call', 'calls')} and ${countText(commands, 'failed attempt', 'failed attempts')}.`;
  return status === 'NOT_FOUND' ? STATUS_TEXTS[status] : `${erased} ${STATUS_TEXTS[status]}`;
}

/** Whether two texts are the same number, in any notation. */
export function isSameNumber(a: string, b: string): boolean {
  const [first, second] = [a, b].map((text) => digitsOf(text) ?? text.trim());
  return first !== '' && first === second;
}
