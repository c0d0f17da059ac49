/** How an audit says what it found. */

/** The promise that an audit is about is not kept. */
export class AuditFailure extends Error {
  override readonly name = 'AuditFailure';
}

/** The scenario does not show what the audit needs to see. */
export class NotShown extends Error {
  override readonly name = 'NotShown';
}

/** @throws {AuditFailure} that says `problem`, unless `holds`. */
export function check(holds: boolean, problem: string): asserts holds {
  if (!holds) throw new AuditFailure(problem);
}

/** @throws {NotShown} that names what is missing of the scenario, unless `isShown`. */
export function needs(isShown: boolean, missing: string): asserts isShown {
  if (!isShown) throw new NotShown(missing);
}
