/**
 * Records incorrect use of a fake: what the real object would reject or misinterpret. Code under test may catch the error
 * that a fake throws, so it is also recorded, and {@link UsageErrorLog.verify} makes the test fail.
 */
export interface UsageErrorLog {
  readonly errors: readonly string[];
  /** Records an error, and returns it for the fake to throw. */
  report(message: string): Error;
  /** @throws {Error} with all errors so far, if there are any. */
  readonly verify: () => void;
}

/** Creates an empty log. */
export function createUsageErrorLog(): UsageErrorLog {
  const errors: string[] = [];
  return {
    errors,
    report(message) {
      errors.push(message);
      return new Error(message);
    },
    verify() {
      if (errors.length > 0) throw new Error(`the fake was used incorrectly:\n- ${errors.join('\n- ')}`);
    },
  };
}
