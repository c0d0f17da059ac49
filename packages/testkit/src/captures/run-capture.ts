/** The command `sidetone capture`: lists the calls of a capture, and turns one into a test. */
import { messageOf } from '@sidetone/core';
import { findCapturedPlugin, type FindPluginOptions } from './find-plugin.ts';
import { callsIn, type CapturedCallSummary } from './captured-calls.ts';
import { createCapturedTest } from './captured-test.ts';
import { readCapture, type CaptureSession } from './capture-file.ts';

/** Options of {@link runCapture}. */
export interface RunCaptureOptions {
  /** The provider's id of the call that becomes a test. Without it, the calls are listed. */
  readonly call?: string;
  /** Writes the subject only, without tests. */
  readonly scenarioOnly?: boolean;
  /** Prints the list as JSON. */
  readonly json?: boolean;
  /** Where the plugin is. Default of the specifier: the current directory. */
  readonly plugin: FindPluginOptions;
  /** Writes the list, or the test. */
  readonly write: (text: string) => void;
  /** Writes what the author should know. */
  readonly warn: (text: string) => void;
}

/** The exit codes: done; the test fails; the file, the call or the plugin was not found. */
export type CaptureExitCode = 0 | 1 | 2;

/** @param text the content of the file. Never rejects. */
export async function runCapture(text: string, options: RunCaptureOptions): Promise<CaptureExitCode> {
  const { call, plugin, write, warn, json = false, scenarioOnly = false } = options;
  const sessions = readCapture(text);
  if (call === undefined) {
    write(json ? `${JSON.stringify(summaries(sessions), null, 2)}\n` : table(summaries(sessions)));
    return 0;
  }
  try {
    const found = await findCapturedPlugin(plugin);
    const test = await createCapturedTest(sessions, call, { ...found, scenarioOnly });
    write(test.text);
    for (const remark of test.remarks) warn(`${remark}\n`);
    for (const { id, reason = '' } of test.failed) warn(`The test fails: ${id} ${reason}\n`);
    return test.failed.length === 0 ? 0 : 1;
  } catch (error) {
    warn(`No test of the call ${call}: ${messageOf(error)}\n`);
    return 2;
  }
}

type Listed = CapturedCallSummary & { readonly provider: string };

const summaries = (sessions: readonly CaptureSession[]): readonly Listed[] =>
  sessions.flatMap((session) =>
    callsIn(session).map((call) => ({ ...call, provider: session.head.provider })),
  );

const TITLES = [
  'call',
  'provider',
  'started',
  'seconds',
  'requests',
  'sockets',
  'messages',
  'events',
] as const;

function table(calls: readonly Listed[]): string {
  if (calls.length === 0) return 'No calls in this capture.\n';
  const rows = calls.map(
    ({ id, provider, startedAt, durationMs, requests, sockets, messages, events, hasEnded }) => [
      id,
      provider,
      new Date(startedAt).toISOString().slice(0, 19).replace('T', ' '),
      (durationMs / 1000).toFixed(1),
      String(requests),
      String(sockets),
      String(messages),
      `${events.join(' ')}${hasEnded ? '' : ' (not ended)'}`,
    ],
  );
  const all = [[...TITLES], ...rows];
  const widths = TITLES.map((_title, i) => Math.max(...all.map((row) => row[i]!.length)));
  return all
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
