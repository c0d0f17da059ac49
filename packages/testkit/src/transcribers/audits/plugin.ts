/** What a transcriber plugin is before it runs. */
import { checkMistakes, checkNames, checkUnknownOption } from '../../checks/plugin-checks.ts';
import { check } from '../../conformance/verdict.ts';
import type { TranscriberAudit } from '../audit.ts';

/** None of them starts an instance. */
export const PLUGIN_AUDITS: readonly TranscriberAudit[] = [
  {
    // The kind tells it from a provider, for which the daemon would otherwise take it.
    id: '1A0B',
    level: 'MUST',
    name: 'The plugin says its names, that it is a transcriber, and that it is for this contract.',
    async run(bench) {
      checkNames(bench);
      check(bench.plugin.kind === 'transcriber', 'its kind is not `transcriber`');
    },
  },
  {
    // A misspelt option would be left out in silence, and its default would hold.
    id: '6C52',
    level: 'MUST',
    name: 'An option of a transcriber that is not known is a mistake.',
    run: checkUnknownOption,
  },
  {
    // What is wrong with the configuration is printed.
    id: 'D3E9',
    level: 'MUST',
    name: 'What is said about wrong options of a transcriber holds no secret.',
    run: checkMistakes,
  },
  {
    // Instances are made to look at what they have.
    id: '24F8',
    level: 'MUST',
    name: 'Making an instance of a transcriber does nothing yet.',
    async run(bench) {
      const { host } = await bench.made();
      await host.clock.settle();
      check(host.requests.length + host.dials.length === 0, 'it asked or dialled before it was started');
      check(host.clock.pending === 0, 'it set a timer before it was started');
      check(host.state.entries.size === 0, 'it stored something before it was started');
    },
  },
  {
    // Without it nobody can be told that a credential has expired before a call shows it.
    id: '7E14',
    level: 'MAY',
    name: 'A transcriber can be asked whether its service is there: it has `health`.',
    async run(bench) {
      const { transcriber } = await bench.made();
      check(transcriber.health !== undefined, 'it has no `health`');
    },
  },
];
