import { FaultError, type FaultCode } from '@sidetone/core';
import { createFakeClock } from '@sidetone/testkit';
import { expect, test } from 'vitest';
import { RECOVERY_CHECK_MS, RecoveryWatch } from '../../src/store/postgres/recovery-watch.ts';

function watchOf(code: FaultCode | undefined) {
  const clock = createFakeClock();
  let writes = 0;
  const health = { failure: code && new FaultError(code, 'x') };
  const session = {
    run: async () => {
      if (++writes === 2) health.failure = undefined;
      else throw new Error('the server is gone');
      return 1;
    },
  };
  const watch = new RecoveryWatch({ session, health, clock });
  watch.start();
  return { clock, watch, writes: () => writes };
}

test('writes until the database works again, and no longer', async () => {
  const { clock, watch, writes } = watchOf('STORE_UNREACHABLE');
  await clock.advance(5 * RECOVERY_CHECK_MS);
  expect(writes()).toBe(2);
  watch.stop();
  expect(clock.pending).toBe(0);
});

test.each([undefined, 'NODE_FENCED'] as const)('writes nothing while the failure is %s', async (code) => {
  const { clock, writes } = watchOf(code);
  await clock.advance(5 * RECOVERY_CHECK_MS);
  expect(writes()).toBe(0);
});
