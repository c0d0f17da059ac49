/** Audits of commands that are accepted, rejected, invalid, aborted or not answered. */
import { capabilitiesOf, CALL_STATUSES } from '@sidetone/core';
import { COMMAND_MS } from '../../checks/deadlines.ts';
import { check, needs } from '../../checks/verdict.ts';
import type { Audit } from '../audit.ts';
import { checkCode, codeOf, commandsOf, needsEveryCommand, runEach } from '../commands.ts';
import type { ProviderFeatures } from '../features.ts';

const HAS_COMMANDS = ({ controls, placeCall, watch }: ProviderFeatures): boolean =>
  controls.length > 0 || placeCall || watch;

/** Apply to all commands, except for the audits of `controlsFor` and `placeCall`. */
export const COMMAND_AUDITS: readonly Audit[] = [
  {
    // A command that `controlsFor` does not offer for the call may be rejected instead.
    id: '6B3D',
    level: 'MUST',
    name: 'A command resolves when the provider has accepted it.',
    applies: HAS_COMMANDS,
    async run(context) {
      for (const { name, outcome, isOffered } of await runEach(context, 'responds')) {
        check(outcome.state !== 'pending', `${name} did not settle in time`);
        const isAccepted = outcome.state === 'fulfilled' || !isOffered;
        check(isAccepted, `${name} rejected although the provider accepted it`);
      }
      needsEveryCommand(context);
    },
  },
  {
    // It would be shown as accepted. A message, audio and a new event count as an effect, as does a request.
    id: 'A7C2',
    level: 'MUST',
    name: 'A command that resolves has an effect.',
    applies: HAS_COMMANDS,
    async run(context) {
      const runs = await runEach(context, 'responds');
      for (const { name, outcome, effects } of runs) {
        check(outcome.state !== 'fulfilled' || effects > 0, `${name} resolved without an effect`);
      }
      needsEveryCommand(context);
    },
  },
  {
    // Clients show it as done. The provider has rejected it, or has not answered.
    id: 'E4B9',
    level: 'MUST',
    name: 'A command is not confirmed before the provider has accepted it.',
    applies: HAS_COMMANDS,
    async run(context) {
      for (const api of ['rejects', 'hangs'] as const) {
        for (const { name, outcome, methods, isConfirmed } of await runEach(context, api)) {
          check(
            methods.length === 0 || outcome.state === 'fulfilled' || !isConfirmed,
            `${name} was confirmed although the provider did not accept it`,
          );
        }
      }
      needsEveryCommand(context);
    },
  },
  {
    // Only checked if the command sent an HTTP request: a message on a socket has no response.
    id: 'C49A',
    level: 'MUST',
    name: 'A command that the provider rejects fails with a code.',
    applies: HAS_COMMANDS,
    async run(context) {
      for (const { name, outcome, methods } of await runEach(context, 'rejects')) {
        check(
          methods.length === 0 || outcome.state !== 'fulfilled',
          `${name} resolved although the provider rejected it`,
        );
        checkCode(name, outcome);
      }
      needsEveryCommand(context);
    },
  },
  {
    // Clients branch on the code: a command that was certainly not carried out can be retried.
    id: '10F5',
    level: 'MUST',
    name: 'A command that does not reach the provider fails with a code.',
    applies: HAS_COMMANDS,
    async run(context) {
      for (const { name, outcome, methods } of await runEach(context, 'unreachable')) {
        check(
          methods.length === 0 || outcome.state !== 'fulfilled',
          `${name} resolved although the provider did not receive it`,
        );
        checkCode(name, outcome);
      }
      needsEveryCommand(context);
    },
  },
  {
    // It is the only rejection that is temporary, so it has its own code.
    id: 'AE86',
    level: 'SHOULD',
    name: 'A command that exceeds the rate limit of the provider fails with PROVIDER_RATE_LIMITED.',
    applies: HAS_COMMANDS,
    async run(context) {
      for (const { name, outcome, methods } of await runEach(context, 'rateLimits')) {
        if (methods.length === 0) continue;
        const code = codeOf(outcome);
        check(code === 'PROVIDER_RATE_LIMITED', `${name}: expected PROVIDER_RATE_LIMITED, was ${code}`);
      }
      needsEveryCommand(context);
    },
  },
  {
    // The outcome is then shown as unknown, so the command must not be carried out later.
    id: '5E2C',
    level: 'MUST',
    name: 'An aborted command settles immediately.',
    applies: HAS_COMMANDS,
    async run(context) {
      for (const { name, createHarness, run } of commandsOf(context)) {
        const harness = await createHarness();
        const outcome = await harness.abortedOutcome((signal) => run(harness, signal));
        check(outcome.state !== 'pending', `${name} continued after it was aborted`);
      }
      needsEveryCommand(context);
    },
  },
  {
    // If the daemon has to enforce its own deadline, the reason is not known.
    id: 'D970',
    level: 'SHOULD',
    name: 'A command without a response times out within 15 seconds.',
    applies: HAS_COMMANDS,
    async run(context) {
      for (const { name, outcome } of await runEach(context, 'hangs')) {
        check(outcome.state !== 'pending', `${name} did not time out`);
      }
      needsEveryCommand(context);
    },
  },
  {
    // A retry would fail in the same way, and the client has to know which argument to correct.
    id: '82B4',
    level: 'SHOULD',
    name: 'Invalid arguments fail with INPUT_INVALID, and no request is sent.',
    applies: HAS_COMMANDS,
    async run(context) {
      const covered = commandsOf(context).filter(({ runInvalid }) => runInvalid.length > 0);
      for (const { name, createHarness, runInvalid } of covered) {
        for (const run of runInvalid) {
          const harness = await createHarness();
          const before = harness.host.requests.length;
          const code = codeOf(await harness.outcome(run(harness), COMMAND_MS));
          check(
            code === 'INPUT_INVALID',
            `${name}: expected INPUT_INVALID for invalid arguments, was ${code}`,
          );
          check(harness.host.requests.length === before, `${name} sent a request with invalid arguments`);
        }
      }
      needs(covered.length > 0, 'the scenario has no `invalid` arguments for any command');
    },
  },
  {
    // It is called for every call that is shown, including calls that this instance does not know.
    id: '2F08',
    level: 'MUST',
    name: '`controlsFor` returns capabilities of the provider for any call in any status.',
    applies: ({ controlsFor }) => controlsFor,
    async run(context) {
      const harness = await context.withCall();
      const { provider } = harness;
      const known = [...capabilitiesOf(provider), 'LISTEN'];
      for (const status of CALL_STATUSES) {
        const call = harness.call(status);
        for (const each of [call, { ...call, providerCallId: 'unknown' as never }]) {
          const capabilities = provider.controlsFor?.(each) ?? [];
          check(
            capabilities.every((capability) => known.includes(capability)),
            '`controlsFor` returns a capability that the provider does not have',
          );
        }
      }
    },
  },
  {
    // Later events of the call are matched by the id.
    id: 'F1C3',
    level: 'MUST',
    name: '`placeCall` resolves with the id of the call.',
    applies: ({ placeCall }) => placeCall,
    async run(context) {
      const runs = await runEach(context, 'responds');
      const placed = runs.find(({ name }) => name === 'placeCall')?.outcome;
      needs(placed !== undefined, 'the scenario has no arguments for placeCall');
      // Rejection is the subject of another audit.
      const id = placed.state === 'fulfilled' ? placed.value : 'rejected';
      check(typeof id === 'string' && id !== '', 'placeCall resolved without an id');
    },
  },
  {
    // A retry would place a second call.
    id: '97E2',
    level: 'MUST',
    name: '`placeCall` does not retry a request whose outcome is unknown.',
    applies: ({ placeCall }) => placeCall,
    async run(context) {
      const runs = await runEach(context, 'disconnects');
      const placed = runs.find(({ name }) => name === 'placeCall');
      needs(placed !== undefined, 'the scenario has no arguments for placeCall');
      const creations = placed.methods.filter((method) => method !== 'GET');
      check(creations.length <= 1, `placeCall sent ${creations.length} requests`);
    },
  },
];
