/** `sidetone check`: checks everything that a start and the first call need, and prints a remedy for each problem. */
import { isFault, type CheckState, type FaultError } from '@sidetone/core';
import { serverUrl, withReachableHost } from '../../access/exposure.ts';
import { partsOf } from '../../config/failures.ts';
import { loadConfig, type LoadedConfig } from '../../config/load.ts';
import { createPluginCheck } from '../../plugins/check-plugins.ts';
import { systemClock } from '../../system-clock.ts';
import { checkCluster } from '../check/cluster.ts';
import { checkCaptures, checkDatabase, checkDisk, checkRecordings } from '../check/files.ts';
import { checkPlugins } from '../check/plugins.ts';
import { checkPublicUrl, findDaemon } from '../check/reachability.ts';
import { failureOf, type CheckResult } from '../check/result.ts';
import { checkRunningDaemon } from '../check/running-daemon.ts';
import { exitWith } from '../frame/exit-codes.ts';
import type { OutputOptions } from '../frame/options.ts';
import { createOutput } from '../frame/output.ts';

export interface CheckOptions extends OutputOptions {
  readonly config: string;
}

const MARKS = { OK: 'ok  ', WARNING: 'warn', FAILED: 'FAIL', SKIPPED: 'skip' } as const satisfies Record<
  CheckState,
  string
>;

/** Exits with 78 if the configuration is invalid, with 1 if another check failed. */
export async function check(options: CheckOptions): Promise<void> {
  const output = createOutput(options);
  const print = async (results: readonly CheckResult[]): Promise<void> => {
    for (const result of results)
      if (!options.quiet || isProblem(result)) await output.result(result, textOf(result));
  };
  let loaded: LoadedConfig;
  try {
    loaded = await loadConfig(options.config, process.env, createPluginCheck(systemClock));
  } catch (error) {
    if (!isFault(error)) throw error;
    await print(partsOf(error).map((part: FaultError) => failureOf('configuration', part, part.remedy)));
    return exitWith('CONFIG');
  }
  const results = [...(await run(loaded, options, print))];
  if (results.some(({ state }) => state === 'FAILED')) exitWith('FAILED');
}

async function run(
  { config, baseDir }: LoadedConfig,
  options: CheckOptions,
  print: (results: readonly CheckResult[]) => Promise<void>,
): Promise<readonly CheckResult[]> {
  const { host, port, publicUrl = withReachableHost(serverUrl(host, port)) } = config.server;
  const results: CheckResult[] = [];
  const add = async (added: readonly CheckResult[]): Promise<void> => {
    results.push(...added);
    await print(added);
  };
  await add([{ check: 'configuration', state: 'OK', message: options.config }]);
  await add([
    await checkDatabase(config),
    checkRecordings(config),
    ...checkCaptures(config),
    await checkDisk(config),
  ]);
  await add(await checkCluster(config.cluster));
  await add(await checkPlugins(config, { baseDir, clock: systemClock, publicUrl }));
  await add([await checkPublicUrl(config)]);
  await add(await checkRunningDaemon(await findDaemon(config)));
  return results;
}

const isProblem = ({ state }: CheckResult): boolean => state === 'FAILED' || state === 'WARNING';

function textOf({ check: name, state, message, remedy, code }: CheckResult): string {
  const suffix = code === undefined ? '' : ` [${code}]`;
  return `${MARKS[state]}  ${name}: ${message}${remedy === undefined ? '' : `. ${remedy}`}${suffix}`;
}
