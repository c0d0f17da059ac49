import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { run } from '../../../src/cli/actions/tail.ts';
import { levelsOf, lineOf, type TailEvent } from '../../../src/cli/tail/event-line.ts';
import * as tokens from '../../../src/tokens.ts';
import { startTestDaemon, until, type TestDaemon } from '../../support/daemon.ts';
import { event, numberedUtterance } from '../../support/harness.ts';
import { tempDir } from '../../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let it: TestDaemon;
let lines: string[];
let messages: string[];
let interruption: AbortController;

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir);
  lines = [];
  messages = [];
  interruption = new AbortController();
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean(lines.push(String(text).trimEnd())));
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean(messages.push(String(text))));
});
afterEach(() => {
  interruption.abort();
  vi.restoreAllMocks();
});

describe('sidetone tail', () => {
  test('prints the events of a call as JSON lines, and ends with it', async () => {
    const callId = await it.aCall();
    const readers = it.readers();
    const tailing = run({ url: it.url(''), call: callId, json: true }, interruption.signal);
    await until(() => it.readers() > readers, 'the subscription has started');
    it.emit(numberedUtterance(1));
    it.emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }));
    await tailing;
    const events = lines.map(
      (line) => JSON.parse(line) as { type: string; callId: string; utterance?: object },
    );
    expect(events.every((each) => each.callId === callId)).toBe(true);
    expect(events.find(({ type }) => type === 'UTTERANCE_FINALIZED')?.utterance).toBeDefined();
    expect(events.at(-1)?.type).toBe('CALL_ENDED');
  });

  test('continues after a lost connection without a gap or a duplicate', async () => {
    const callId = await it.aCall();
    const readers = it.readers();
    const tailing = run({ url: it.url(''), call: callId }, interruption.signal);
    await until(() => it.readers() > readers, 'the subscription has started');
    it.emit(numberedUtterance(1));
    await until(() => lines.length > 0, 'the first event was printed');
    it.daemon.parts.resolve(tokens.CONNECTIONS).closeThoseOf(new Map([['local', 'CHANGED']]));
    it.emit(numberedUtterance(2));
    await until(() => lines.length > 1, 'the second event was printed');
    expect(messages.join('')).toMatch(/connection lost .*, retrying in 0\.5 s/);
    it.emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }));
    await tailing;
    const texts = lines.filter((line) => /(CUSTOMER|ASSISTANT): /.test(line));
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts).toHaveLength(2);
  });

  test('fails if the call does not exist', async () => {
    await expect(run({ url: it.url(''), call: 'call_x' }, interruption.signal)).rejects.toMatchObject({
      code: 'CALL_NOT_FOUND',
    });
  });

  test('ends when it is interrupted', async () => {
    const tailing = run({ url: it.url('') }, interruption.signal);
    const readers = it.readers();
    await until(() => it.readers() > readers, 'the subscription has started');
    interruption.abort();
    await expect(tailing).rejects.toThrow();
  });
});

describe('a line', () => {
  const base: TailEvent = {
    cursor: 'c',
    type: 'CALL_STATUS_CHANGED',
    at: '2026-01-31T12:34:56.789Z',
    by: null,
    call: { id: 'call_1' },
  };

  test.each<[Partial<TailEvent>, string]>([
    [{ status: 'RINGING' }, 'call status changed  RINGING'],
    [{ type: 'UTTERANCE_FINALIZED', utterance: { party: 'CUSTOMER', text: 'Hello' } }, 'CUSTOMER: Hello'],
    [
      { type: 'UTTERANCE_REVISED', utterance: { party: 'CUSTOMER', text: 'Hello' } },
      'CUSTOMER: Hello (revised)',
    ],
    [{ type: 'CALL_ENDED', end: { category: 'COMPLETED', code: null } }, 'call ended  COMPLETED'],
    [{ type: 'CALL_ANNOTATED', by: 'ada' }, 'call annotated  by ada'],
    [
      { type: 'COMMAND_CHANGED', command: { kind: 'SAY' }, commandStatus: 'ACCEPTED' },
      'command changed  SAY ACCEPTED',
    ],
  ])('of %j is %s', (fields, text) => {
    expect(lineOf({ ...base, ...fields })).toBe(`12:34:56  call_1  ${text}`);
  });

  test('of levels has a bar for each party, in capitals while it speaks', () => {
    const parties = [
      { party: 'CUSTOMER', peakDb: 0, speaking: true },
      { party: 'ASSISTANT', peakDb: -60, speaking: false },
    ];
    expect(levelsOf({ levels: [{ callId: 'call_123456', parties }] })).toBe(
      '123456 CUSTOMER ############ assistant ............',
    );
    const levels = Array.from({ length: 5 }, (_, i) => ({ callId: `call_00000${i}`, parties: [] }));
    expect(levelsOf({ levels })).toMatch(/and 3 more$/);
  });
});
