/**
 * Entry point of the process that checks the integrity of a database. Prints the result as JSON. A process and not a thread,
 * because a statement cannot be interrupted, and a running thread would delay the exit of the daemon.
 */
import { messageOf } from '@sidetone/core';
import { findProblems } from './integrity-check.ts';

const path = process.argv[2]!;
try {
  process.stdout.write(JSON.stringify({ problems: findProblems(path) }));
} catch (error) {
  const { code } = error as { readonly code?: unknown };
  process.stdout.write(JSON.stringify({ code: String(code), reason: messageOf(error) }));
}
