/** `sidetone export`: downloads calls, events, utterances, transcripts and recordings from the running daemon. */
import { open, rm, type FileHandle } from 'node:fs/promises';
import { once } from 'node:events';
import { FaultError, messageOf } from '@sidetone/core';
import { CALL_EXPORTS } from '../../export/call-exports.ts';
import { EXPORT_FORMATS, type ExportContent, type ExportFormat } from '../../export/contents.ts';
import { authorizationOf, endpointOf, faultOf, unreachable } from '../frame/daemon-client.ts';
import { parseInstant } from '../frame/instants.ts';
import { untilInterrupted } from '../frame/interruption.ts';
import type { OutputOptions } from '../frame/options.ts';
import { createOutput } from '../frame/output.ts';
import { ask } from '../frame/question.ts';
import { cutAfterLastRow } from './export-file.ts';

type CallFormat = keyof typeof CALL_EXPORTS;

export interface ExportOptions extends Pick<OutputOptions, 'quiet'> {
  readonly url: string;
  readonly format: ExportFormat | CallFormat;
  readonly call?: string;
  readonly provider?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly filter?: string;
  readonly after?: string;
  readonly output?: string;
  readonly continue?: boolean;
}

const PRIVATE = 0o600;

/** What completes an export. */
interface Advice {
  readonly ifExists: string;
  readonly ifIncomplete: string;
}
const CONTINUE: Advice = {
  ifExists: ', or --continue to complete it',
  ifIncomplete: '--continue completes its file',
};
const RETRY: Advice = { ifExists: '', ifIncomplete: 'retry it' };

const isRows = (format: ExportOptions['format']): format is ExportFormat =>
  (EXPORT_FORMATS as readonly string[]).includes(format);

/** @throws {FaultError} if the options do not fit together, or the export fails or is incomplete. */
export async function exportData(content: ExportContent, options: ExportOptions): Promise<void> {
  const { format, output: path } = options;
  if (!isRows(format)) return exportCall(format, options);
  if (options.call !== undefined)
    throw invalid(`--call: expected one of the formats ${Object.keys(CALL_EXPORTS).join(', ')}`);
  const file =
    path === undefined ? undefined : await openOutput(path, options.continue ? 'a+' : 'wx', CONTINUE);
  try {
    const after = file && options.continue ? await cutAfterLastRow(file, content, format) : options.after;
    const target = new URL(`/export/${content}.${format}`, 'file:///');
    const filter = await filterOf(options);
    if (filter) target.searchParams.set('filter', JSON.stringify(filter));
    if (after !== undefined) target.searchParams.set('after', after);
    await download(target, options, file, CONTINUE);
  } finally {
    await file?.close();
  }
}

/** What of a call is exported is written whole: an incomplete file is removed. */
async function exportCall(format: CallFormat, options: ExportOptions): Promise<void> {
  const target = new URL(pathOfCall(format, options), 'file:///');
  const { output: path } = options;
  if (path === undefined) return void (await download(target, options, undefined, RETRY));
  const file = await openOutput(path, 'wx', RETRY);
  let isComplete = false;
  try {
    isComplete = await download(target, options, file, RETRY);
  } finally {
    await file.close();
    if (!isComplete) await rm(path);
  }
}

function pathOfCall(format: CallFormat, { call, continue: isContinued }: ExportOptions): string {
  if (call === undefined) throw invalid(`--format ${format}: expected --call with the id of a call`);
  if (isContinued) throw invalid('--continue: expected one of the formats jsonl, csv');
  return `/calls/${encodeURIComponent(call)}/${CALL_EXPORTS[format]}`;
}

/** Returns the filter of the options; `-` reads one from standard input, because other users can see arguments. */
async function filterOf({ filter, provider, since, until }: ExportOptions): Promise<object | undefined> {
  const text = filter === '-' ? await ask('Filter: ') : filter;
  let given: object = {};
  try {
    if (text !== undefined) given = JSON.parse(text) as object;
  } catch {
    throw invalid('--filter: expected a JSON object with fields of CallFilter');
  }
  const instant = (option: string, value: string | undefined): string | undefined =>
    value === undefined ? undefined : new Date(parseInstant(option, value)).toISOString();
  const conditions = {
    ...given,
    ...(provider && { providerIds: provider }),
    ...(since !== undefined && { createdAfter: instant('--since', since) }),
    ...(until !== undefined && { createdBefore: instant('--until', until) }),
  };
  return Object.keys(conditions).length > 0 ? conditions : undefined;
}

/** The file is private to its owner. A file that exists is only continued. */
async function openOutput(path: string, flags: 'a+' | 'wx', advice: Advice): Promise<FileHandle> {
  try {
    return await open(path, flags, PRIVATE);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw invalid(`--output: ${path} exists; choose another file${advice.ifExists}`);
    throw invalid(`--output: ${path} cannot be written: ${messageOf(error)}`);
  }
}

/** Returns whether everything was written; false after an interruption. */
async function download(
  { pathname, search }: URL,
  options: ExportOptions,
  file: FileHandle | undefined,
  advice: Advice,
): Promise<boolean> {
  const progress = createOutput({ quiet: options.quiet === true || file === undefined }).progress();
  let bytes = 0;
  let isComplete = false;
  try {
    await untilInterrupted(async (signal) => {
      const body = await request(endpointOf(options.url, `${pathname.slice(1)}${search}`), signal, advice);
      for await (const chunk of body) {
        await write(chunk, file);
        bytes += chunk.length;
        progress.update(megabytes(bytes));
      }
      isComplete = true;
    });
    await file?.sync();
  } finally {
    progress.end(megabytes(bytes));
  }
  return isComplete;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

async function write(chunk: Uint8Array, file: FileHandle | undefined): Promise<void> {
  if (file) await file.appendFile(chunk);
  else if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
}

/** Yields the body of the response. @throws {FaultError} the error of the daemon, or DAEMON_UNREACHABLE. */
async function request(
  endpoint: URL,
  signal: AbortSignal,
  advice: Advice,
): Promise<AsyncIterable<Uint8Array>> {
  const token = process.env['SIDETONE_TOKEN'];
  let response: Response;
  try {
    response = await fetch(endpoint, { headers: authorizationOf(token), signal });
  } catch (cause) {
    throw unreachable(endpoint, messageOf((cause as Error).cause ?? cause), cause);
  }
  if (!response.ok || !response.body)
    throw failureOf(await response.text(), response.status, endpoint, token);
  return complete(response.body as AsyncIterable<Uint8Array>, endpoint, signal, advice);
}

/** The daemon answers with the code and the message. */
function failureOf(text: string, status: number, endpoint: URL, token: string | undefined): FaultError {
  const [, code, message] = /^([A-Z][A-Z_]+): (.*)\n?$/s.exec(text) ?? [];
  if (code === undefined || message === undefined) return unreachable(endpoint, `HTTP status ${status}`);
  return faultOf({ message, extensions: { code } }, token);
}

async function* complete(
  body: AsyncIterable<Uint8Array>,
  endpoint: URL,
  signal: AbortSignal,
  { ifIncomplete }: Advice,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw unreachable(endpoint, `the export is incomplete; ${ifIncomplete}`, cause);
  }
}

const invalid = (message: string): FaultError => new FaultError('INPUT_INVALID', message);
