/** Finds the file and line where a plugin failed to load. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { namesOwnFile } from './supervision/own-frames.ts';

/** Most files that are searched for a syntax error, and the deadline for all of them, ms. */
export const MAX_CHECKED_FILES = 50;
export const CHECK_TIMEOUT_MS = 5000;

/** A location in a stack: Node.js writes that of a wrong import on a line of its own, others behind the function. */
const LOCATION = /(?:^|[\s(])(file:\/\/\S+?|\/\S+?|[a-z]:\\[^\n:]+?):(\d+)(?::\d+)?\)?$/i;
const MODULE_FILE = /\.[cm]?js$/;

/**
 * Returns `file:line`; undefined if it cannot be found. Runs no code of the plugin.
 * @param url the entry of the plugin
 */
export async function findLoadLocation(error: unknown, url: string): Promise<string | undefined> {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const known = locationIn(stack);
  if (known !== undefined || !(error instanceof SyntaxError)) return known;
  return findSyntaxError(fileURLToPath(url));
}

/** Returns the first location outside of Node.js and the daemon. */
export function locationIn(text: string): string | undefined {
  for (const frame of text.split('\n')) {
    const [, file, line] = LOCATION.exec(frame) ?? [];
    if (file === undefined || namesOwnFile(frame)) continue;
    return `${file.startsWith('file:') ? fileURLToPath(file) : file}:${line}`;
  }
  return undefined;
}

/** Node.js tells an importing program what is wrong with the syntax of a module, but not where: `node --check` does. */
async function findSyntaxError(entry: string): Promise<string | undefined> {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  for (const file of [entry, ...modulesBeside(entry)].slice(0, MAX_CHECKED_FILES)) {
    const location = locationIn(await checkSyntax(file, signal));
    if (location !== undefined || signal.aborted) return location;
  }
  return undefined;
}

function modulesBeside(entry: string): readonly string[] {
  const folder = dirname(entry);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => MODULE_FILE.test(name) && !name.includes('node_modules'))
    .map((name) => join(folder, name))
    .filter((file) => file !== entry);
}

/** Returns what `node --check` prints; empty if the syntax is valid. Never rejects. */
function checkSyntax(file: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--check', file], { signal }, (error, _stdout, stderr) =>
      resolve(error ? stderr : ''),
    );
  });
}
