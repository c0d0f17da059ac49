/** Runs the integrity check of a database in a process of its own, or in this one from TypeScript sources. */
import { execFile, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { messageOf } from '@sidetone/core';
import { findProblems } from './integrity-check.ts';

export interface CheckResult {
  /** Absent if the check failed. */
  readonly problems?: readonly string[];
  /** Result code of SQLite, if the check failed because of the file. */
  readonly code?: string;
  readonly reason?: string;
}

/** Starts a check. `signal` ends it; it rejects then. */
export type RunCheck = (path: string, signal: AbortSignal) => Promise<CheckResult>;

const PROGRAM = new URL('./integrity-process.js', import.meta.url);
const MAX_OUTPUT_BYTES = 1024 * 1024;

export const runCheck: RunCheck = (path, signal) =>
  import.meta.url.endsWith('.ts') ? runHere(path) : runInProcess(path, signal);

async function runHere(path: string): Promise<CheckResult> {
  try {
    return { problems: findProblems(path) };
  } catch (error) {
    return { code: String((error as { readonly code?: unknown }).code), reason: messageOf(error) };
  }
}

function runInProcess(path: string, signal: AbortSignal): Promise<CheckResult> {
  return new Promise((resolve, reject) => {
    const options = { signal, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT_BYTES } as const;
    const child: ChildProcess = execFile(
      process.execPath,
      [fileURLToPath(PROGRAM), path],
      options,
      (error, output) => {
        if (error) reject(error);
        else resolve(JSON.parse(output) as CheckResult);
      },
    );
    child.unref();
  });
}
