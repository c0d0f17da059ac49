/** `sidetone erase`: erases a call, or finds, exports and erases everything of one telephone number, in the running daemon. */
import { FaultError } from '@sidetone/core';
import { createDaemonClient, type DaemonClient } from '../frame/daemon-client.ts';
import type { OutputOptions } from '../frame/options.ts';
import { createOutput, type Column, type Output } from '../frame/output.ts';
import { ask } from '../frame/question.ts';
import { CALL_FIELDS, exportCalls, pagesOf, type FoundCall } from './export-calls.ts';

export interface EraseOptions extends OutputOptions {
  readonly url: string;
  readonly number?: true;
  readonly dryRun?: true;
  readonly export?: string;
  readonly yes?: true;
}

interface Erased {
  readonly status: 'ERASED' | 'PENDING' | 'MORE' | 'NOT_FOUND';
  readonly calls: number;
  readonly commands: number;
  readonly held: readonly string[];
  readonly live: readonly string[];
}

const COLUMNS: readonly Column<FoundCall>[] = [
  { title: 'id', value: ({ id }) => id },
  { title: 'created', value: ({ createdAt }) => createdAt.slice(0, 16).replace('T', ' ') },
  { title: 'provider', value: ({ provider }) => provider.id },
  { title: 'direction', value: ({ direction }) => direction?.toLowerCase() },
  { title: 'status', value: ({ status }) => status.toLowerCase() },
  { title: 'hold', value: ({ hold }) => hold && 'held' },
];

/** @throws {FaultError} INPUT_INVALID, or the error of the daemon. */
export async function erase(callId: string | undefined, options: EraseOptions): Promise<void> {
  const output = createOutput(options);
  const daemon = createDaemonClient(options);
  if ((callId !== undefined) === (options.number === true))
    throw new FaultError('INPUT_INVALID', 'expected either the id of a call or --number');
  if (!options.yes && !options.dryRun && !process.stdin.isTTY)
    throw new FaultError('INPUT_INVALID', 'expected --yes, because standard input is not a terminal');
  if (callId === undefined) return eraseNumber(daemon, output, options);
  await confirm(options, 'This call is erased, with its transcript and its recording.');
  const { eraseCall } = await daemon.query<{ eraseCall: { status: string } }>(
    'mutation ($callId: ID!) { eraseCall(callId: $callId) { status } }',
    { callId },
  );
  await output.result(eraseCall, eraseCall.status.toLowerCase());
}

async function eraseNumber(daemon: DaemonClient, output: Output, options: EraseOptions): Promise<void> {
  const number = await ask('Telephone number: ');
  const filter = { numberIs: number };
  if (options.dryRun) {
    const found: FoundCall[] = [];
    for await (const page of pagesOf<FoundCall>(daemon, filter, CALL_FIELDS)) found.push(...page);
    return output.rows(found, COLUMNS);
  }
  if (options.export !== undefined) {
    const calls = await exportCalls(daemon, filter, options.export, output.progress());
    output.info(`${calls} calls exported`);
  }
  await confirm(options, 'All ended calls of this number are erased, with transcripts and recordings.');
  const result = await eraseAll(daemon, number, output);
  if (result.held.length > 0) output.info(`kept because of a legal hold: ${result.held.join(', ')}`);
  if (result.live.length > 0) output.info(`kept because they are live: ${result.live.join(', ')}`);
  await output.result(
    result,
    `${result.calls} calls and ${result.commands} failed attempts erased: ${result.status.toLowerCase()}`,
  );
}

/** Repeats the mutation until nothing is left. */
async function eraseAll(daemon: DaemonClient, number: string, output: Output): Promise<Erased> {
  const mutation = `mutation ($number: String!) { eraseNumber(number: $number) { status calls commands held live } }`;
  const line = output.progress();
  let [calls, commands] = [0, 0];
  for (;;) {
    const { eraseNumber: step } = await daemon.query<{ eraseNumber: Erased }>(mutation, { number });
    calls += step.calls;
    commands += step.commands;
    line.update(`${calls} calls erased`);
    if (step.status === 'MORE') continue;
    line.end(`${calls} calls erased`);
    const isNothingNew = step.status === 'NOT_FOUND' && calls + commands > 0;
    return { ...step, calls, commands, ...(isNothingNew && { status: 'ERASED' }) };
  }
}

async function confirm({ yes }: EraseOptions, consequence: string): Promise<void> {
  if (yes) return;
  process.stderr.write(`${consequence} It cannot be undone.\n`);
  if ((await ask('Type "erase" to continue: ')) !== 'erase')
    throw new FaultError('INPUT_INVALID', 'not confirmed; nothing was erased');
}
