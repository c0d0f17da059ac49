/** The end of a reader of the output, as `sidetone audit | head` causes it. */
import type { Writable } from 'node:stream';

/** Ends the process in order when the reader of its output has ended; what is not written yet has no reader. */
export function exitOnBrokenPipe(output: Writable, exit: (code: number) => void): void {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    exit(0);
  });
}
