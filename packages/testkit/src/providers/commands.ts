/** The commands of a provider, with the arguments of the scenario, for audits that apply to all of them. */
import {
  capabilitiesOf,
  CONTROL_CAPABILITIES,
  isFailureCode,
  isFault,
  providerCallId,
  type Capability,
  type Control,
  type ControlName,
} from '@sidetone/core';
import { COMMAND_MS } from '../checks/deadlines.ts';
import type { Outcome } from '../checks/outcome.ts';
import { check, needs } from '../checks/verdict.ts';
import type { AuditContext } from './audit-context.ts';
import type { ApiBehaviour } from './fake-api.ts';
import type { ProviderHarness } from './harness.ts';
import type { ArgumentsOf } from './scenario.ts';

type Run = (harness: ProviderHarness, signal?: AbortSignal) => Promise<unknown>;

/** A control, `placeCall` or `watch`. */
export interface CommandUnderAudit {
  readonly name: ControlName | 'placeCall' | 'watch';
  /** Creates an instance on which the command can run. */
  readonly createHarness: () => Promise<ProviderHarness>;
  readonly run: Run;
  /** Runs the command with arguments that the provider cannot accept. */
  readonly runInvalid: readonly Run[];
  /** Returns whether the provider offers the command at this moment. */
  readonly isOffered: (harness: ProviderHarness) => boolean;
}

type AnyControl = Control<ControlName>;
type AnyArguments = ArgumentsOf<Parameters<AnyControl>[1]>;

const ALWAYS_OFFERED = (): boolean => true;

/** Returns the commands for which the scenario has arguments. */
export function commandsOf(context: AuditContext): readonly CommandUnderAudit[] {
  return [...controlsOf(context), ...placeCallOf(context), ...watchOf(context)];
}

function controlsOf(context: AuditContext): readonly CommandUnderAudit[] {
  const { scenario, features } = context;
  return features.controls.flatMap((name): readonly CommandUnderAudit[] => {
    const args = scenario.controls?.[name] as AnyArguments | undefined;
    if (!args) return [];
    const runWith =
      (value: AnyArguments['valid']): Run =>
      async (harness, signal) => {
        const control = harness.provider.controls?.[name] as AnyControl | undefined;
        await control?.(harness.call(), value, harness.commandContext(signal));
      };
    // A party that can be muted can also be unmuted.
    const required: readonly Capability[] = CONTROL_CAPABILITIES[name === 'unmute' ? 'mute' : name];
    return [
      {
        name,
        createHarness: () => context.withCall(),
        run: runWith(args.valid),
        runInvalid: (args.invalid ?? []).map(runWith),
        isOffered(harness) {
          const { provider } = harness;
          const offered = provider.controlsFor?.(harness.call()) ?? capabilitiesOf(provider);
          return required.length === 0 || required.some((each) => offered.includes(each));
        },
      },
    ];
  });
}

function placeCallOf(context: AuditContext): readonly CommandUnderAudit[] {
  const args = context.scenario.placeCall;
  if (!context.features.placeCall || !args) return [];
  const runWith =
    (value: (typeof args)['valid']): Run =>
    async (harness, signal) =>
      harness.provider.placeCall?.(value, harness.commandContext(signal));
  return [
    {
      name: 'placeCall',
      createHarness: () => context.started(),
      run: runWith(args.valid),
      runInvalid: (args.invalid ?? []).map(runWith),
      isOffered: ALWAYS_OFFERED,
    },
  ];
}

function watchOf(context: AuditContext): readonly CommandUnderAudit[] {
  if (!context.features.watch) return [];
  const callId = providerCallId(context.scenario.call.id);
  return [
    {
      name: 'watch',
      createHarness: () => context.started(),
      run: async (harness, signal) => harness.provider.watch?.(callId, harness.commandContext(signal)),
      runInvalid: [],
      isOffered: ALWAYS_OFFERED,
    },
  ];
}

/** @throws {NotCovered} with the commands for which the scenario has no arguments. */
export function needsEveryCommand({ features, scenario }: AuditContext): void {
  const missing = [
    ...features.controls.filter((name) => scenario.controls?.[name] === undefined),
    ...(features.placeCall && !scenario.placeCall ? ['placeCall'] : []),
  ];
  needs(missing.length === 0, `the scenario has no arguments for ${missing.join(', ')}`);
}

/** A command that was run, and its outcome. */
export interface CommandRun {
  readonly name: CommandUnderAudit['name'];
  readonly outcome: Outcome<unknown>;
  /** Whether the provider offered the command afterwards. */
  readonly isOffered: boolean;
  /** Whether an event confirmed the command. */
  readonly isConfirmed: boolean;
  /** The methods of the HTTP requests to the provider's API that the command sent. */
  readonly methods: readonly string[];
  /** Number of requests, messages, handshakes, events, and writes that it caused. */
  readonly effects: number;
}

/** Runs each command once, on an instance of its own, while the API behaves in the given way. All audits share the result. */
export const runEach = (context: AuditContext, api: ApiBehaviour): Promise<readonly CommandRun[]> =>
  context.shared(`commands while the API ${api}`, async () => {
    const runs: CommandRun[] = [];
    for (const command of commandsOf(context)) runs.push(await run(command, api));
    return runs;
  });

async function run(command: CommandUnderAudit, api: ApiBehaviour): Promise<CommandRun> {
  const harness = await command.createHarness();
  harness.api = api;
  const [requests, effects] = [harness.apiRequests.length, harness.effects];
  const outcome = await harness.outcome(command.run(harness), COMMAND_MS);
  return {
    name: command.name,
    outcome,
    isOffered: command.isOffered(harness),
    isConfirmed: harness.host.eventsOf('command.confirmed').length > 0,
    methods: harness.apiRequests.slice(requests).map(({ method }) => method),
    effects: harness.effects - effects,
  };
}

/** @throws {AuditFailure} if a command rejected with an error that is not allowed for commands. */
export function checkCode(name: string, outcome: Outcome<unknown>): void {
  if (outcome.state !== 'rejected') return;
  const { error } = outcome;
  check(isFault(error), `${name} rejected with an error that is not a FaultError`);
  const isAllowed =
    isFailureCode(error.code) || error.code === 'INPUT_INVALID' || error.code === 'LIMIT_EXCEEDED';
  check(isAllowed, `${name} rejected with ${error.code}, which is not a code for commands`);
}

/** Returns the fault code of a rejected promise, or its state. */
export const codeOf = (outcome: Outcome<unknown>): string =>
  outcome.state === 'rejected' && isFault(outcome.error) ? outcome.error.code : outcome.state;
