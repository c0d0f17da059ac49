/** Everything that a provider can be asked to do, each with the arguments of the scenario. */
import {
  capabilitiesOf,
  CONTROL_CAPABILITIES,
  isFailureCode,
  isFault,
  providerCallId,
  type Capability,
  type CommandContext,
  type Control,
  type ControlName,
} from '@sidetone/core';
import type { Bench } from '../bench.ts';
import type { Outcome } from '../../checks/patience.ts';
import type { ArgumentsOf } from '../scenario.ts';
import type { ApiMood } from '../fake-api.ts';
import type { Stage } from '../stage.ts';
import { check, needs } from '../../conformance/verdict.ts';

/** A control, the placing of a call, or the watching of one: they promise the same. */
export interface CommandUnderAudit {
  readonly name: ControlName | 'placeCall' | 'watch';
  /** An instance on which it can be asked for. */
  readonly stage: () => Promise<Stage>;
  readonly run: (stage: Stage, context: CommandContext) => Promise<unknown>;
  /** The same with arguments that the provider cannot take. */
  readonly runWrong: readonly ((stage: Stage, context: CommandContext) => Promise<unknown>)[];
  /** Whether the provider says that it can be asked for at this moment. */
  readonly isOffered: (stage: Stage) => boolean;
}

type AnyControl = Control<ControlName>;
type AnyArguments = ArgumentsOf<Parameters<AnyControl>[1]>;

/** The commands whose arguments the scenario tells. */
export function commandsOf(bench: Bench): readonly CommandUnderAudit[] {
  const { scenario, shape } = bench;
  const controls = shape.controls.flatMap((name): readonly CommandUnderAudit[] => {
    const args = scenario.controls?.[name] as AnyArguments | undefined;
    if (!args) return [];
    const runWith =
      (value: AnyArguments['valid']) =>
      async (stage: Stage, context: CommandContext): Promise<void> => {
        const control = stage.provider.controls?.[name] as AnyControl | undefined;
        await control?.(stage.call(), value, context);
      };
    return [
      {
        name,
        stage: () => bench.withCall(),
        run: runWith(args.valid),
        runWrong: (args.invalid ?? []).map(runWith),
        isOffered: ({ provider, call }) => {
          const offered = provider.controlsFor?.(call()) ?? capabilitiesOf(provider);
          // Whoever can be muted can be unmuted.
          const wanted: readonly Capability[] = CONTROL_CAPABILITIES[name === 'unmute' ? 'mute' : name];
          return wanted.length === 0 || wanted.some((each) => offered.includes(each));
        },
      },
    ];
  });
  const { placeCall } = scenario;
  const placing: readonly CommandUnderAudit[] =
    shape.placeCall && placeCall
      ? [
          {
            name: 'placeCall',
            stage: () => bench.started(),
            run: async ({ provider }, context) => provider.placeCall?.(placeCall.valid, context),
            runWrong: (placeCall.invalid ?? []).map(
              (args) =>
                async ({ provider }: Stage, context: CommandContext) =>
                  provider.placeCall?.(args, context),
            ),
            isOffered: () => true,
          },
        ]
      : [];
  const watching: readonly CommandUnderAudit[] = shape.watch
    ? [
        {
          name: 'watch',
          stage: () => bench.started(),
          run: async ({ provider }, context) => provider.watch?.(providerCallId(scenario.call.id), context),
          runWrong: [],
          isOffered: () => true,
        },
      ]
    : [];
  return [...controls, ...placing, ...watching];
}

/** @throws {NotShown} that names the commands whose arguments the scenario leaves out. */
export function needsEveryCommand({ shape, scenario }: Bench): void {
  const missing = [
    ...shape.controls.filter((name) => scenario.controls?.[name] === undefined),
    ...(shape.placeCall && !scenario.placeCall ? ['placeCall'] : []),
  ];
  needs(missing.length === 0, `the scenario has no arguments for ${missing.join(', ')}`);
}

/** A command that was given while the API was in a mood, and what became of it. */
export interface CommandRun {
  readonly command: CommandUnderAudit;
  readonly stage: Stage;
  readonly outcome: Outcome<unknown>;
  /** How often the provider was asked for it. */
  readonly asked: number;
}

/** Gives each command once, on an instance of its own. */
export async function runEach(bench: Bench, api: ApiMood, boundMs: number): Promise<readonly CommandRun[]> {
  const runs: CommandRun[] = [];
  for (const command of commandsOf(bench)) {
    const stage = await command.stage();
    stage.api = api;
    const before = stage.asked;
    const outcome = await stage.outcome(command.run(stage, stage.context()), boundMs);
    runs.push({ command, stage, outcome, asked: stage.asked - before });
  }
  return runs;
}

/** @throws {AuditFailure} when a command was rejected with anything but a fault that a command may fail with. */
export function checkCoded(name: string, outcome: Outcome<unknown>): void {
  if (outcome.state !== 'rejected') return;
  const { error } = outcome;
  check(isFault(error), `${name} rejected with something that is no fault`);
  const isAllowed =
    isFailureCode(error.code) || error.code === 'INPUT_INVALID' || error.code === 'LIMIT_EXCEEDED';
  check(isAllowed, `${name} rejected with ${error.code}, which is no failure of a command`);
}
