/** The rule that a plugin verifies what it receives if other machines can reach the daemon. */
import { FaultError, type ProviderHost } from '@sidetone/core';

interface Verification {
  /** Whether the options require that every request is verified. */
  readonly isVerified: boolean;
  /** Whether the options permit requests that are not verified. */
  readonly isUnverifiedAllowed: boolean;
  /** The option that configures verification, for example `webhook`. */
  readonly option: string;
  /** The values that verify every request, for example `secret, bearer or hmac`. */
  readonly expected: string;
}

/**
 * Checks that an instance verifies its requests, or that only this machine can send them. Call it in `create`. Logs a
 * warning if the options permit requests of other machines that are not verified.
 * @throws {FaultError} CONFIG_UNVERIFIED: the daemon then does not start.
 */
export function requireVerification(
  { isExposed, log }: Pick<ProviderHost, 'isExposed' | 'log'>,
  { isVerified, isUnverifiedAllowed, option, expected }: Verification,
): void {
  if (isVerified || !isExposed) return;
  if (!isUnverifiedAllowed) {
    throw new FaultError(
      'CONFIG_UNVERIFIED',
      `${option}: expected ${expected}, because other machines can reach this daemon`,
    );
  }
  log.warn('requests are not verified: other machines can reach this daemon and unverified is set', {
    option,
  });
}
