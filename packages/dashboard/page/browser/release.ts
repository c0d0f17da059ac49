/** Whether the daemon serves another release of this page than the one that runs in this tab. */
import { ROOT } from '../api/root.ts';

const ENTRY = /<script[^>]*\bsrc="[^"]*?([^"/]+)"/;

/** Returns the name of the entry script in a document. It contains a hash of the script and of all that it imports. */
export const entryOf = (html: string): string | undefined => ENTRY.exec(html)?.[1];

/** Returns whether the daemon serves another release. False if it is not reachable. */
export async function hasNewRelease(): Promise<boolean> {
  try {
    const response = await fetch(ROOT, { cache: 'no-store', headers: { accept: 'text/html' } });
    const current = entryOf(document.documentElement.outerHTML);
    const served = response.ok ? entryOf(await response.text()) : undefined;
    return served !== undefined && current !== undefined && served !== current;
  } catch {
    return false;
  }
}
