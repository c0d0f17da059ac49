import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { cutAfterLastRow } from '../../../src/cli/actions/export-file.ts';
import { exportData, type ExportOptions } from '../../../src/cli/actions/export.ts';
import type { ExportContent, ExportFormat } from '../../../src/export/contents.ts';
import { startTestDaemon, type TestDaemon } from '../../support/daemon.ts';
import { event } from '../../support/harness.ts';
import { tempDir } from '../../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let dir: string;
let it: TestDaemon;
let out: string;

beforeEach(() => {
  dir = join(root, String(count++));
  mkdirSync(dir);
});
afterEach(() => vi.restoreAllMocks());

async function start(): Promise<void> {
  it = await startTestDaemon(dir);
  for (const [i, text] of ['first', 'second,\nwith "two" lines', '=third'].entries()) {
    const call = `c${i}`;
    const at = Date.UTC(2024, 0, 1 + i);
    it.emit(event('call.started', { details: { from: `+91987654321${i}` } }, { call, at }));
    it.emit(event('utterance.final', { party: 'CUSTOMER', text }, { call, at: at + 2000 }));
    it.emit(event('call.ended', { end: { category: 'BUSY' } }, { call, at: at + 3000 }));
  }
  await it.committed();
}

/** Runs the command, and returns what it prints. */
async function run(content: ExportContent, options: Partial<ExportOptions>): Promise<string> {
  out = '';
  const print = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    out += Buffer.from(chunk as Uint8Array).toString();
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await exportData(content, { url: it.url(''), format: 'jsonl', ...options });
  print.mockRestore();
  return out;
}

describe('sidetone export', () => {
  beforeEach(start);

  test('prints the calls of a provider and a time', async () => {
    const providers = (await run('calls', { since: '2024-01-02', until: '2024-01-03' }))
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { providerCallId: string }).providerCallId);
    expect(providers).toEqual(['c1']);
    expect(await run('calls', { provider: ['another'] })).toBe('');
  });

  test('reads a filter from standard input', async () => {
    const input = new PassThrough();
    input.end('{"number": "98765 43212"}\n');
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(input as never);
    expect(await run('utterances', { filter: '-' })).toMatch(/^.*"text":"=third".*\n$/);
  });

  test.each(['jsonl', 'csv'] as const)('completes a file of %s wherever it was cut off', async (format) => {
    const whole = await run('utterances', { format });
    const output = join(dir, `whole.${format}`);
    await run('utterances', { format, output });
    expect(readFileSync(output, 'utf8')).toBe(whole);
    expect(statSync(output).mode & 0o777).toBe(0o600);
    for (let length = 0; length <= whole.length; length += 17) {
      writeFileSync(output, whole.slice(0, length));
      await run('utterances', { format, output, continue: true });
      expect(readFileSync(output, 'utf8')).toBe(whole);
    }
  });

  test('writes the transcript of a call', async () => {
    const id = (JSON.parse((await run('calls', {})).split('\n')[1]!) as { id: string }).id;
    expect(await run('calls', { format: 'text', call: id })).toBe(
      '[00:00:00] Customer: second, with "two" lines\n',
    );
    expect(await run('calls', { format: 'vtt', call: id })).toMatch(/^WEBVTT\n/);
  });

  test.each<[Partial<ExportOptions>, string, RegExp]>([
    [{ format: 'srt' }, 'INPUT_INVALID', /^--format srt: expected --call/],
    [{ call: 'call_1' }, 'INPUT_INVALID', /^--call: expected one of the formats text, vtt, srt, wav/],
    [{ filter: '{' }, 'INPUT_INVALID', /^--filter: expected a JSON object/],
    [{ filter: '{"wrong":1}' }, 'INPUT_INVALID', /^filter: Field "wrong"/],
    [{ format: 'wav', call: 'call_1' }, 'CALL_NOT_FOUND', /no recording/],
    [{ url: 'http://127.0.0.1:9/' }, 'DAEMON_UNREACHABLE', /^no daemon answers/],
  ])('fails with a code: %j', async (options, code, message) => {
    await expect(run('calls', options)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  test('does not overwrite a file', async () => {
    const output = join(dir, 'calls.jsonl');
    writeFileSync(output, 'mine');
    await expect(run('calls', { output })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    await expect(run('calls', { output, continue: true })).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(readFileSync(output, 'utf8')).toBe('mine');
  });
});

describe('a download that is interrupted', () => {
  let url: string;

  beforeEach(async () => {
    // Sends a part of what it announces.
    const server = createServer((_, response) => {
      response.writeHead(200, { 'content-length': 100_000 });
      response.write('x'.repeat(1000), () => response.destroy());
    });
    onTestFinished(() => void server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  test.each(['flac', 'wav', 'text'] as const)(
    'of %s leaves no file, and is to be retried',
    async (format) => {
      const output = join(dir, `call.${format}`);
      const exported = exportData('calls', { url, format, call: 'call_1', output, quiet: true });
      await expect(exported).rejects.toMatchObject({
        message: expect.stringMatching(/incomplete; retry it/),
      });
      expect(existsSync(output)).toBe(false);
      writeFileSync(output, 'mine');
      await expect(exportData('calls', { url, format, call: 'call_1', output })).rejects.toMatchObject({
        message: expect.stringMatching(/exists; choose another file$/),
      });
      expect(readFileSync(output, 'utf8')).toBe('mine');
    },
  );

  test('of rows keeps the file, which --continue completes', async () => {
    const output = join(dir, 'calls.jsonl');
    const exported = exportData('calls', { url, format: 'jsonl', output, quiet: true });
    await expect(exported).rejects.toMatchObject({ message: expect.stringMatching(/--continue completes/) });
    expect(statSync(output).size).toBe(1000);
  });
});

describe('the last complete row', () => {
  async function cut(
    text: string,
    format: ExportFormat,
  ): Promise<[cursor: string | undefined, text: string]> {
    const path = join(dir, `${count++}.${format}`);
    writeFileSync(path, text);
    const file = await open(path, 'a+');
    const cursor = await cutAfterLastRow(file, 'calls', format);
    await file.close();
    return [cursor, readFileSync(path, 'utf8')];
  }
  const row = (cursor: string, size = 0): string => `${JSON.stringify({ text: 'x'.repeat(size), cursor })}\n`;

  test('is found in a long file, also if it is long itself', async () => {
    const rows = row('cursor-1', 200_000) + row('cursor-2', 150_000);
    expect(await cut(rows, 'jsonl')).toEqual(['cursor-2', rows]);
    expect(await cut(`${rows}{"text":"cut`, 'jsonl')).toEqual(['cursor-2', rows]);
  });

  test('of CSV is not its head', async () => {
    expect(await cut('id,providerId', 'csv')).toEqual([undefined, '']);
    expect(await cut('id,cursor\r\n1,', 'csv')).toEqual([undefined, '']);
    expect(await cut('id,cursor\r\n1,cursor-1\r\n"2\n', 'csv')).toEqual([
      'cursor-1',
      'id,cursor\r\n1,cursor-1\r\n',
    ]);
  });
});
