/** Audits of errors that reach nobody. The last of all, because other audits cause such errors too. */
import { check } from '../../checks/verdict.ts';
import { ALWAYS, type Audit } from '../audit.ts';
import { exercise } from '../exercise.ts';

export const ROBUSTNESS_AUDITS: readonly Audit[] = [
  {
    // The daemon attributes such an error to no call and no command, so nobody learns what failed.
    id: 'D1E4',
    level: 'MUST',
    name: 'No rejection is left unhandled, and no callback throws.',
    applies: ALWAYS,
    async run(context) {
      const { harness } = await exercise(context);
      await harness.host.clock.settle();
      check(context.strayErrors.length === 0, context.strayErrors[0] ?? '');
    },
  },
];
