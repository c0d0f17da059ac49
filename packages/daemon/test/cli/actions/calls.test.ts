import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { calls } from '../../../src/cli/actions/calls.ts';
import { control, inputOf } from '../../../src/cli/actions/control.ts';
import type { ControlMutation } from '../../../src/cli/controls/mutation.ts';
import { CONTROL_MUTATIONS } from '../../../src/cli/controls/mutations.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { startTestDaemon, type TestDaemon } from '../../support/daemon.ts';
import { tempDir } from '../../support/temp-dir.ts';

const root = tempDir();
let count = 0;
let it: TestDaemon;
let url: string;
let out: string;

beforeEach(async () => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  it = await startTestDaemon(dir);
  url = it.url('');
  out = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

const mutation = (name: string): ControlMutation => CONTROL_MUTATIONS.find((each) => each.name === name)!;

describe('sidetone calls', () => {
  test('lists calls as a table or as JSON lines, and passes its filters', async () => {
    const id = await it.aCall();
    await calls({ url, limit: 5 });
    expect(out.split('\n')[0]).toMatch(/^ID +PROVIDER +STATUS +DIRECTION/);
    expect(out.split('\n')[1]).toContain(id);
    out = '';
    await calls({ url, limit: 5, json: true, live: true, provider: ['test'] });
    expect(JSON.parse(out)).toMatchObject({ id, provider: { id: 'test' } });
    out = '';
    await calls({ url, limit: 5, json: true, since: '2100-01-01' });
    expect(out).toBe('');
  });

  test('names a value of a filter that does not exist', async () => {
    await expect(calls({ url, limit: 5, status: ['sleeping'] })).rejects.toThrow(/SLEEPING/);
  });
});

describe('sidetone control', () => {
  test('sends a mutation with its arguments, and prints what it returns', async () => {
    const id = await it.aCall();
    await control(mutation('tagCall'), [id], { url, add: ['vip'], json: true });
    expect(JSON.parse(out)).toEqual({ id });
    const { data } = await it.query(`{ call(id: "${id}") { tags } }`);
    expect(data).toEqual({ call: { tags: ['vip'] } });
  });

  test('fails with the code of the command', async () => {
    const id = await it.aCall();
    await expect(control(mutation('sayFirstMessage'), [id], { url })).rejects.toMatchObject({
      code: 'CAPABILITY_MISSING',
    });
    await expect(control(mutation('say'), ['call_x', 'hi'], { url })).rejects.toMatchObject({
      code: 'CALL_NOT_FOUND',
    });
  });

  test('parses enums, numbers, flags and JSON, and names a value that is invalid', () => {
    expect(inputOf(mutation('addMessage'), ['c', 'hi', 'system'], { triggerResponse: false })).toEqual({
      callId: 'c',
      content: 'hi',
      role: 'SYSTEM',
      triggerResponse: false,
    });
    expect(inputOf(mutation('addNote'), ['c', 'text'], { offsetMs: '250' })).toMatchObject({ offsetMs: 250 });
    expect(inputOf(mutation('transcribe'), ['c', 'true'], {})).toMatchObject({ on: true });
    const options = { number: '+1', providerOptions: '{"a":1}' };
    expect(inputOf(mutation('transfer'), ['c'], options)).toMatchObject({ providerOptions: { a: 1 } });
    expect(() => inputOf(mutation('transfer'), ['c'], { providerOptions: '{' })).toThrow(
      'provider-options: expected JSON',
    );
    expect(() => inputOf(mutation('addMessage'), ['c', 'hi', 'boss'], {})).toThrow('role: expected one of');
  });

  test('is run by its name on the command line', async () => {
    const id = await it.aCall();
    await createProgram().parseAsync(['node', 'sidetone', 'control', 'add-note', id, 'a note', '--url', url]);
    expect(out).toBe('addNote: done\n');
  });
});
