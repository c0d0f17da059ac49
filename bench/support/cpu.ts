/** The CPU time of processes. Requires Linux. */
import { readFileSync } from 'node:fs';

/** Clock ticks per second in `/proc/<pid>/stat`. */
const TICKS = 100;

/** The fields of `/proc/<pid>/stat` after the name of the process, which may contain spaces. */
const fieldsOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
    .map(Number);

/** The CPU time of all threads of a process until now, s. */
export function cpuSecondsOf(pid: number): number {
  const [user, system] = fieldsOf(pid).slice(11, 13) as [number, number];
  return (user + system) / TICKS;
}

/** The CPU time of a process and its children until now, s. The children that have exited count too. */
export function cpuSecondsOfFamily(pid: number): number {
  const exited = fieldsOf(pid).slice(13, 15) as [number, number];
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const running = children.filter((child) => child !== '').map((child) => cpuOrNothing(Number(child)));
  return [cpuSecondsOf(pid), (exited[0] + exited[1]) / TICKS, ...running].reduce((sum, each) => sum + each);
}

/** A process that exits meanwhile counts with the next measurement. */
function cpuOrNothing(pid: number): number {
  try {
    return cpuSecondsOf(pid);
  } catch {
    return 0;
  }
}
