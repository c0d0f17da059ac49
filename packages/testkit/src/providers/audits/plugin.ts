/** Audits of the plugin object. */
import { checkIssuesHaveNoSecrets, checkNames, checkUnknownOption } from '../../checks/plugin-checks.ts';
import { check } from '../../checks/verdict.ts';
import { ALWAYS, type Audit } from '../audit.ts';

/** None of them starts an instance. */
export const PLUGIN_AUDITS: readonly Audit[] = [
  {
    // The name is used in the log and the configuration. A plugin for another contract version is not loaded.
    id: '0E31',
    level: 'MUST',
    name: 'The plugin has a name, a display name and the version of this contract.',
    applies: ALWAYS,
    run: async (context) => checkNames(context),
  },
  {
    // A misspelt option would be ignored, and its default would apply.
    id: '5B0C',
    level: 'MUST',
    name: 'Unknown options are rejected.',
    applies: ALWAYS,
    run: checkUnknownOption,
  },
  {
    // Configuration errors are printed to terminals, logs and tickets.
    id: 'C2A7',
    level: 'MUST',
    name: 'Error messages about invalid options contain no secrets.',
    applies: ALWAYS,
    run: checkIssuesHaveNoSecrets,
  },
  {
    // Instances are created to read their capabilities, before any is started.
    id: '91D4',
    level: 'MUST',
    name: 'Creating an instance has no side effects.',
    applies: ALWAYS,
    async run(context) {
      const { host } = await context.created();
      await host.clock.settle();
      const { requests, dials, events, streams, clock, demandListeners } = host;
      const uses = [requests, dials, events, streams].reduce((sum, { length }) => sum + length, 0);
      check(uses === 0, 'it sent a request, dialled or emitted an event before its start');
      check(clock.pending === 0 && demandListeners === 0, 'it set a timer or a listener before its start');
      check(host.state.entries.size === 0, 'it stored state before its start');
    },
  },
  {
    // Without it, an expired credential is only noticed when a call fails.
    id: '40FD',
    level: 'MAY',
    name: 'The provider has `health`.',
    applies: ALWAYS,
    async run({ features }) {
      check(features.health, '`health` is missing');
    },
  },
  {
    // The end of a call can be lost in transit, or while the daemon was stopped.
    id: '8E37',
    level: 'MAY',
    name: 'The provider has `reconcile`.',
    applies: ALWAYS,
    async run({ features }) {
      check(features.reconcile, '`reconcile` is missing: a call whose end was lost stays live');
    },
  },
];
