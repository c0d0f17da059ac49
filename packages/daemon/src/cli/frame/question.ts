/** Asks for a value that must not be an argument, because other users of the machine can see the arguments of a process. */
import { createInterface } from 'node:readline/promises';
import { FaultError } from '@sidetone/core';

/**
 * Returns the next line of standard input; the question is shown on a terminal only.
 * @throws {FaultError} INPUT_INVALID if there is none.
 */
export async function ask(question: string, input: NodeJS.ReadStream = process.stdin): Promise<string> {
  // Undefined unless it is a terminal.
  const { isTTY } = input;
  const lines = createInterface({ input, ...(isTTY && { output: process.stderr }) });
  try {
    if (isTTY) return (await lines.question(question)).trim();
    for await (const line of lines) if (line.trim() !== '') return line.trim();
  } finally {
    lines.close();
  }
  throw new FaultError('INPUT_INVALID', 'expected a line on standard input');
}
