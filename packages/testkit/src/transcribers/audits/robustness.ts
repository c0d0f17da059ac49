/** Audits of errors that reach nobody. The last of all, because other audits cause such errors too. */
import { check } from '../../checks/verdict.ts';
import type { TranscriberAudit } from '../audit.ts';
import { exercise } from '../exercise.ts';

export const ROBUSTNESS_AUDITS: readonly TranscriberAudit[] = [
  {
    // The daemon attributes such an error to no call, so nobody learns what failed.
    id: '5AF3',
    level: 'MUST',
    name: 'No rejection is left unhandled, and no callback throws.',
    async run(context) {
      const { host } = await exercise(context);
      await host.clock.settle();
      check(context.strayErrors.length === 0, context.strayErrors[0] ?? '');
    },
  },
];
