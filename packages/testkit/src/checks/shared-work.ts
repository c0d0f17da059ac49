/** Work that several audits of a subject compare in different ways. It is done once, because most of the time of an audit is playing calls. */

/** Returns the result of the first call with this name. The result must be complete: its instances may have been stopped. */
export type ShareWork = <Value>(name: string, work: () => Promise<Value>) => Promise<Value>;

/** Creates a store without results, for the audits of one subject. */
export function createSharedWork(): ShareWork {
  const results = new Map<string, Promise<unknown>>();
  return <Value>(name: string, work: () => Promise<Value>): Promise<Value> => {
    const known = results.get(name) as Promise<Value> | undefined;
    if (known) return known;
    const result = work();
    results.set(name, result);
    return result;
  };
}
