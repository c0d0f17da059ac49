/** Helpers for the diagnostics of a provider. */
import { isFault, messageOf, type Diagnostic } from '@sidetone/core';

const REMEDY = 'Check the options of the plugin and the network.';
/** Names of a list that are written out. */
const MAX_NAMES = 3;

/** Runs a check. An error of it is a FAILED result with the remedy of its code. Never rejects. */
export async function runCheck(
  name: string,
  run: () => Promise<Omit<Diagnostic, 'name'>>,
): Promise<Diagnostic> {
  try {
    return { name, ...(await run()) };
  } catch (error) {
    return {
      name,
      state: 'FAILED',
      message: messageOf(error),
      remedy: isFault(error) ? error.remedy : REMEDY,
    };
  }
}

/** Returns whether a URL that was entered at a provider is this one. Its query and a slash at its end are no difference. */
export function isSameUrl(entered: string | undefined, url: URL): boolean {
  if (entered === undefined || !URL.canParse(entered)) return false;
  const pathOf = ({ pathname }: URL): string => pathname.replace(/\/+$/, '');
  const other = new URL(entered);
  return other.origin === url.origin && pathOf(other) === pathOf(url);
}

/** Returns the first names of a list, and the number of the others. */
export function namesOf(names: readonly string[]): string {
  const others = names.length - MAX_NAMES;
  return names.slice(0, MAX_NAMES).join(', ') + (others > 0 ? ` and ${others} more` : '');
}
