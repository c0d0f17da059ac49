import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { erase } from '../../../src/cli/actions/erase.ts';
import { startTestDaemon, type TestDaemon } from '../../support/daemon.ts';
import { event } from '../../support/harness.ts';
import { tempDir } from '../../support/temp-dir.ts';

const NUMBER = '+91 98765 43210';
const root = tempDir();
let count = 0;
let dir: string;
let it: TestDaemon;
let url: string;
let out: string;

beforeEach(async () => {
  dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir);
  url = it.url('');
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  for (const [call, from] of [
    ['a', '+919876543210'],
    ['b', '00919876543210'],
    ['c', '+919876543211'],
  ] as const) {
    it.emit(event('call.started', { details: { from } }, { call }));
    it.emit(event('utterance.final', { party: 'CUSTOMER', text: `text of ${call}` }, { call }));
    it.emit(event('call.ended', { end: { category: 'BUSY' } }, { call }));
  }
  await it.committed();
});
afterEach(() => vi.restoreAllMocks());

/** Runs the command with a line on standard input, and returns its output. */
async function run(line: string, ...[call, options]: [string | undefined, object]): Promise<string> {
  out = '';
  const input = new PassThrough();
  input.end(`${line}\n`);
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(input as never);
  await erase(call, { url, ...options });
  return out;
}
const left = async (): Promise<string[]> =>
  (await it.query('{ calls { nodes { providerCallId } } }')).data.calls.nodes
    .map(({ providerCallId }: { providerCallId: string }) => providerCallId)
    .toSorted();

describe('sidetone erase', () => {
  test('lists the calls of a number without erasing them', async () => {
    const lines = (await run(NUMBER, undefined, { number: true, dryRun: true, json: true }))
      .trim()
      .split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { status: string }).status)).toEqual(['ENDED', 'ENDED']);
    expect(await left()).toEqual(['a', 'b', 'c']);
  });

  test('exports the calls of a number to a private file, then erases them', async () => {
    const file = join(dir, 'calls.jsonl');
    const printed = await run(NUMBER, undefined, { number: true, export: file, yes: true });
    expect(printed).toBe('2 calls and 0 failed attempts erased: erased\n');
    const calls = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(calls).toMatchObject([
      { providerCallId: 'b', from: '00919876543210', transcript: [{ text: 'text of b' }] },
      { providerCallId: 'a', from: '+919876543210', transcript: [{ text: 'text of a' }] },
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await left()).toEqual(['c']);
    expect(it.lines.some((line) => JSON.stringify(line).includes('98765'))).toBe(false);
  });

  test('erases a call by its id', async () => {
    const { id } = (await it.query('{ calls { nodes { id } } }')).data.calls.nodes[0] as { id: string };
    expect(await run('', id, { yes: true })).toBe('erased\n');
    expect(await left()).toEqual(['a', 'b']);
  });

  test.each([
    ['neither a call nor --number', undefined, { yes: true }],
    ['both', 'call_1', { number: true, yes: true }],
    ['no confirmation', undefined, { number: true }],
  ])('rejects %s', async (_what, call, options) => {
    await expect(run(NUMBER, call, options)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(await left()).toEqual(['a', 'b', 'c']);
  });
});
