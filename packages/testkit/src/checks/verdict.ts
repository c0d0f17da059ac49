/** The result of an audit: it passes unless one of these errors is thrown. */

/** The plugin does not keep the promise. */
export class AuditFailure extends Error {
  override readonly name = 'AuditFailure';
}

/** The scenario does not contain what the audit needs. */
export class NotCovered extends Error {
  override readonly name = 'NotCovered';
}

/** @throws {AuditFailure} with `problem`, unless `holds`. */
export function check(holds: boolean, problem: string): asserts holds {
  if (!holds) throw new AuditFailure(problem);
}

/** @throws {NotCovered} with what is missing from the scenario, unless `isCovered`. */
export function needs(isCovered: boolean, missing: string): asserts isCovered {
  if (!isCovered) throw new NotCovered(missing);
}
