/** Audits of the plugin object. */
import { checkIssuesHaveNoSecrets, checkNames, checkUnknownOption } from '../../checks/plugin-checks.ts';
import { check } from '../../checks/verdict.ts';
import type { TranscriberAudit } from '../audit.ts';

/** None of them starts an instance. */
export const PLUGIN_AUDITS: readonly TranscriberAudit[] = [
  {
    // Without the kind, the daemon would load it as a provider plugin.
    id: '1A0B',
    level: 'MUST',
    name: 'The plugin has a name, a display name, the kind `transcriber` and the version of this contract.',
    async run(context) {
      checkNames(context);
      check(context.plugin.kind === 'transcriber', '`kind` is not "transcriber"');
    },
  },
  {
    // A misspelt option would be ignored, and its default would apply.
    id: '6C52',
    level: 'MUST',
    name: 'Unknown options are rejected.',
    run: checkUnknownOption,
  },
  {
    // Configuration errors are printed to terminals, logs and tickets.
    id: 'D3E9',
    level: 'MUST',
    name: 'Error messages about invalid options contain no secrets.',
    run: checkIssuesHaveNoSecrets,
  },
  {
    // Instances are created to read what they implement.
    id: '24F8',
    level: 'MUST',
    name: 'Creating an instance has no side effects.',
    async run(context) {
      const { host } = await context.created();
      await host.clock.settle();
      check(host.requests.length + host.dials.length === 0, 'it sent a request or dialled before its start');
      check(host.clock.pending === 0, 'it set a timer before its start');
      check(host.state.entries.size === 0, 'it stored state before its start');
    },
  },
  {
    // Without it, an expired credential is only noticed when a call fails.
    id: '7E14',
    level: 'MAY',
    name: 'The transcriber has `health`.',
    async run(context) {
      const { transcriber } = await context.created();
      check(transcriber.health !== undefined, '`health` is missing');
    },
  },
];
