/** Sets the time of the machine, to find out what depends on it. The clock of the host is a fake in any case. */

/** Returns the time of the machine, epoch ms. Called for each reading. */
export type MachineTime = () => number;

/** A time that stands still. */
export const frozenTime = (): MachineTime => () => Date.UTC(2031, 6, 1);

/** A time that advances by `stepMs` with each reading: a machine that stalls between two lines of code. */
export function hastyTime(stepMs: number): MachineTime {
  let now = Date.UTC(2037, 1, 1);
  return () => (now += stepMs);
}

/** Returns the result of `work`, during which the machine has another time. Only one can run at a time. */
export async function withMachineTime<Value>(time: MachineTime, work: () => Promise<Value>): Promise<Value> {
  const { Date: RealDate, performance: realPerformance, process: realProcess } = globalThis;
  const originals = { now: realPerformance.now, hrtime: realProcess.hrtime };
  const origin = time();
  const elapsed = (): number => time() - origin;
  const bigint = (): bigint => BigInt(Math.round(elapsed() * 1e6));
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: []) => (args.length === 0 ? new target(time()) : new target(...args)),
    apply: () => new RealDate(time()).toString(),
    get: (target, name, receiver) =>
      name === 'now' ? time : (Reflect.get(target, name, receiver) as unknown),
  });
  realPerformance.now = elapsed;
  realProcess.hrtime = Object.assign(() => [Math.floor(elapsed() / 1000), 0] as [number, number], { bigint });
  try {
    return await work();
  } finally {
    globalThis.Date = RealDate;
    realPerformance.now = originals.now;
    realProcess.hrtime = originals.hrtime;
  }
}
