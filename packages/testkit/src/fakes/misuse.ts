/**
 * A fake that is used as the real thing must not be says so. Code under test may swallow what a fake throws, so every
 * misuse is also written down, and {@link MisuseLog.verify} makes the test fail.
 */
export interface MisuseLog {
  readonly misuses: readonly string[];
  /** Writes a misuse down and gives the error to throw, for fakes that may throw. */
  report(what: string): Error;
  /** @throws {Error} that lists every misuse so far. */
  readonly verify: () => void;
}

/** A new, empty log. */
export function createMisuseLog(): MisuseLog {
  const misuses: string[] = [];
  return {
    misuses,
    report(what) {
      misuses.push(what);
      return new Error(what);
    },
    verify() {
      if (misuses.length > 0) throw new Error(`the fake was misused:\n- ${misuses.join('\n- ')}`);
    },
  };
}
