/** What a plugin is before it runs. */
import { checkMistakes, checkNames, checkUnknownOption } from '../../checks/plugin-checks.ts';
import { check } from '../../conformance/verdict.ts';
import { ALWAYS, type Audit } from './audit.ts';

/** None of them starts an instance. */
export const PLUGIN_AUDITS: readonly Audit[] = [
  {
    // The name stands in every log line and in the configuration; another contract is refused when the
    // plugin is loaded.
    id: '0E31',
    level: 'MUST',
    name: 'The plugin says its name, its name for people, and that it is for this contract.',
    applies: ALWAYS,
    run: async (bench) => checkNames(bench),
  },
  {
    // A misspelt option would be left out in silence, and its default would hold.
    id: '5B0C',
    level: 'MUST',
    name: 'An option that is not known is a mistake.',
    applies: ALWAYS,
    run: checkUnknownOption,
  },
  {
    // What is wrong with the configuration is printed, and ends up in a terminal, a log or a ticket.
    id: 'C2A7',
    level: 'MUST',
    name: 'What is said about wrong options holds no secret.',
    applies: ALWAYS,
    run: checkMistakes,
  },
  {
    // Instances are made to look at what they have; which of them are started is decided later.
    id: '91D4',
    level: 'MUST',
    name: 'Making an instance does nothing yet.',
    applies: ALWAYS,
    async run(bench) {
      const { host } = await bench.made();
      await host.clock.settle();
      const { requests, dials, events, streams, clock, wantsListeners } = host;
      const done = [requests, dials, events, streams].reduce((sum, { length }) => sum + length, 0);
      check(done === 0, 'it asked, dialled or told something before it was started');
      check(clock.pending === 0 && wantsListeners === 0, 'it set a timer or listens before it was started');
      check(host.state.entries.size === 0, 'it stored something before it was started');
    },
  },
  {
    // Without it nobody can be told that a credential has expired before a call shows it.
    id: '40FD',
    level: 'MAY',
    name: 'It can be asked whether the provider is there: it has `health`.',
    applies: ALWAYS,
    async run({ shape }) {
      check(shape.health, 'it has no `health`');
    },
  },
  {
    // The end of a call can get lost: on the way, or while the daemon was not there.
    id: '8E37',
    level: 'MAY',
    name: 'It can be asked about calls that went quiet: it has `reconcile`.',
    applies: ALWAYS,
    async run({ shape }) {
      check(shape.reconcile, 'it has no `reconcile`: a call whose end was lost stays live');
    },
  },
];
