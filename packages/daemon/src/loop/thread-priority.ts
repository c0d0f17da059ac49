/** The priority of threads that compute. */
import { constants, getPriority, setPriority } from 'node:os';

/** Added to the niceness of the process: the event loop goes first if there are more threads than cores. */
const NICENESS = 10;

/** Lowers the priority of the calling thread, on Linux; elsewhere, that would apply to the whole process. */
export function lowerPriority(): void {
  if (process.platform === 'linux')
    setPriority(Math.min(getPriority() + NICENESS, constants.priority.PRIORITY_LOW));
}
