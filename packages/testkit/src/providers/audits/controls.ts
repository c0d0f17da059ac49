/** Commands: taken, refused, unanswered and given up, each with its code. */
import { capabilitiesOf, CALL_STATUSES, isFault } from '@sidetone/core';
import { COMMAND_MS } from '../../checks/bounds.ts';
import type { Shape } from '../shape.ts';
import { check, needs } from '../../conformance/verdict.ts';
import type { Audit } from './audit.ts';
import { checkCoded, commandsOf, needsEveryCommand, runEach } from './commands.ts';

const HAS_COMMANDS = ({ controls, placeCall, watch }: Shape): boolean =>
  controls.length > 0 || placeCall || watch;

/** What every command promises, and placing a call besides. */
export const CONTROL_AUDITS: readonly Audit[] = [
  {
    // Where `controlsFor` does not offer a command for the call, it may be refused instead.
    id: '6B3D',
    level: 'MUST',
    name: 'A command settles once the provider took it.',
    applies: HAS_COMMANDS,
    async run(bench) {
      for (const { command, stage, outcome } of await runEach(bench, 'answers', COMMAND_MS)) {
        check(outcome.state !== 'pending', `${command.name} did not settle in time`);
        const isTaken = outcome.state === 'fulfilled' || !command.isOffered(stage);
        check(isTaken, `${command.name} rejected although the provider took it`);
      }
      needsEveryCommand(bench);
    },
  },
  {
    // Looked at only where the provider was asked over HTTP: a message on a socket is not answered.
    id: 'C49A',
    level: 'MUST',
    name: 'A command that the provider refuses is rejected, with a code.',
    applies: HAS_COMMANDS,
    async run(bench) {
      for (const { command, outcome, asked } of await runEach(bench, 'refuses', COMMAND_MS)) {
        check(
          asked === 0 || outcome.state !== 'fulfilled',
          `${command.name} was refused, and settled as if taken`,
        );
        checkCoded(command.name, outcome);
      }
      needsEveryCommand(bench);
    },
  },
  {
    // Clients branch on the code: what surely was not done can be tried again.
    id: '10F5',
    level: 'MUST',
    name: 'A command that does not reach the provider is rejected, with a code.',
    applies: HAS_COMMANDS,
    async run(bench) {
      for (const { command, outcome, asked } of await runEach(bench, 'unreachable', COMMAND_MS)) {
        check(
          asked === 0 || outcome.state !== 'fulfilled',
          `${command.name} never arrived, and settled as if taken`,
        );
        checkCoded(command.name, outcome);
      }
      needsEveryCommand(bench);
    },
  },
  {
    // It is the one refusal that passes by itself, so it has a code of its own.
    id: 'AE86',
    level: 'SHOULD',
    name: 'A command that comes too often for the provider is PROVIDER_RATE_LIMITED.',
    applies: HAS_COMMANDS,
    async run(bench) {
      for (const { command, outcome, asked } of await runEach(bench, 'limits', COMMAND_MS)) {
        if (asked === 0) continue;
        const code =
          outcome.state === 'rejected' && isFault(outcome.error) ? outcome.error.code : outcome.state;
        check(code === 'PROVIDER_RATE_LIMITED', `${command.name} is ${code}`);
      }
      needsEveryCommand(bench);
    },
  },
  {
    // The outcome is then unknown, and is shown so; what goes on could still be carried out.
    id: '5E2C',
    level: 'MUST',
    name: 'A command that is aborted settles at once.',
    applies: HAS_COMMANDS,
    async run(bench) {
      for (const { name, stage: prepare, run } of commandsOf(bench)) {
        const stage = await prepare();
        const outcome = await stage.abortedOutcome((signal) => run(stage, stage.context(signal)));
        check(outcome.state !== 'pending', `${name} went on after it was aborted`);
      }
      needsEveryCommand(bench);
    },
  },
  {
    // The daemon's own bound is for those that do not have one: by it nothing is known of why.
    id: 'D970',
    level: 'SHOULD',
    name: 'A command that is not answered is given up within 15 seconds, without being told to.',
    applies: HAS_COMMANDS,
    async run(bench) {
      for (const { command, outcome } of await runEach(bench, 'hangs', COMMAND_MS)) {
        check(outcome.state !== 'pending', `${command.name} waits for ever`);
      }
      needsEveryCommand(bench);
    },
  },
  {
    // The same command will fail in the same way, and whoever gave it has to be told which argument it was.
    id: '82B4',
    level: 'SHOULD',
    name: 'Arguments that the provider cannot take are INPUT_INVALID, and it is not asked.',
    applies: HAS_COMMANDS,
    async run(bench) {
      const shown = commandsOf(bench).filter(({ runWrong }) => runWrong.length > 0);
      for (const { name, stage: prepare, runWrong } of shown) {
        for (const run of runWrong) {
          const stage = await prepare();
          const before = stage.host.requests.length;
          const outcome = await stage.outcome(run(stage, stage.context()), COMMAND_MS);
          const code =
            outcome.state === 'rejected' && isFault(outcome.error) ? outcome.error.code : outcome.state;
          check(code === 'INPUT_INVALID', `${name} with wrong arguments is ${code}`);
          check(stage.host.requests.length === before, `${name} with wrong arguments was asked for`);
        }
      }
      needs(shown.length > 0, 'no command is shown with `invalid` arguments');
    },
  },
  {
    // It is asked for every call that is shown, also for one of which this instance never heard.
    id: '2F08',
    level: 'MUST',
    name: 'Which controls a call has is told for any call, in any status.',
    applies: ({ controlsFor }) => controlsFor,
    async run(bench) {
      const { provider, call } = await bench.withCall();
      const known = [...capabilitiesOf(provider), 'LISTEN'];
      for (const status of CALL_STATUSES) {
        for (const asked of [call(status), { ...call(status), providerCallId: 'unknown' as never }]) {
          const told = provider.controlsFor?.(asked) ?? [];
          check(
            told.every((each) => known.includes(each)),
            'a control is named that the provider does not have',
          );
        }
      }
    },
  },
  {
    // Everything that is told about the call later is found by it.
    id: 'F1C3',
    level: 'MUST',
    name: 'A call that was placed has an id.',
    applies: ({ placeCall }) => placeCall,
    async run(bench) {
      const runs = await runEach(bench, 'answers', COMMAND_MS);
      const placed = runs.find(({ command }) => command.name === 'placeCall')?.outcome;
      needs(placed !== undefined, 'the scenario has no arguments for placeCall');
      const id = placed.state === 'fulfilled' ? placed.value : 'rejected, which is for another audit';
      check(typeof id === 'string' && id !== '', 'it settled without the id of the call');
    },
  },
  {
    // A call that was asked for twice rings twice.
    id: '97E2',
    level: 'MUST',
    name: 'A call is placed at most once: when it is not known whether it was taken, it is not asked for again.',
    applies: ({ placeCall }) => placeCall,
    async run(bench) {
      const runs = await runEach(bench, 'breaks', COMMAND_MS);
      const placed = runs.find(({ command }) => command.name === 'placeCall');
      needs(placed !== undefined, 'the scenario has no arguments for placeCall');
      const { requests } = placed.stage.host;
      const creations = requests
        .slice(requests.length - placed.asked)
        .filter(({ method }) => method !== 'GET');
      check(creations.length <= 1, `it was asked for ${creations.length} times`);
    },
  },
];
