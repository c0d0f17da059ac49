/** Finds errors of the layout of a page in the browser: see `layout-check.js`. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(fileURLToPath(new URL('layout-check.js', import.meta.url)), 'utf8');

/** Returns the errors of the layout of the page as it is, as sentences; none if it is correct. */
export async function layoutProblems(page: Page): Promise<string[]> {
  // Evaluated rather than added as a script, which the content security policy of the page rejects.
  await page.evaluate(SOURCE);
  return page.evaluate<string[]>('findLayoutProblems()');
}
