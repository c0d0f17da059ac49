import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { optionsSchema as deepgram } from '../../../../plugin-deepgram/src/config.ts';
import { optionsSchema as vapi } from '../../../../plugin-vapi/src/config.ts';
import { optionsSchema as vobiz } from '../../../../plugin-vobiz/src/config.ts';
import { answersOf, init } from '../../../src/cli/actions/init.ts';
import { configText, variablesIn, type Answers } from '../../../src/cli/init/config-text.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { tempDir } from '../../support/temp-dir.ts';

const dir = tempDir();
const NONE: Answers = {
  providers: [],
  deepgram: false,
  publicUrl: undefined,
  country: undefined,
  record: false,
};

beforeEach(() => void vi.spyOn(process.stderr, 'write').mockReturnValue(true));
afterEach(() => vi.restoreAllMocks());

function parsed(answers: Answers) {
  const text = configText(answers, { schema: 'x' });
  const values = variablesIn(text).map((name) => [
    name,
    name === 'VOBIZ_DIAL' ? '+918000000001' : 'x'.repeat(16),
  ]);
  return parseConfig(text, 'f', Object.fromEntries(values) as Record<string, string>);
}

describe('the file of sidetone init', () => {
  test('is valid for any answers, including the options of plugins', () => {
    for (const publicUrl of [undefined, 'https://calls.example.com'])
      for (const hasDeepgram of [false, true]) {
        const { providers, transcribers, server } = parsed({
          providers: ['vapi', 'vobiz'],
          deepgram: hasDeepgram,
          publicUrl,
          country: 'IN',
          record: true,
        });
        expect(vapi.safeParse(providers['vapi']!.options).error).toBeUndefined();
        expect(vobiz.safeParse(providers['vobiz']!.options).error).toBeUndefined();
        if (hasDeepgram) expect(deepgram.safeParse(transcribers['deepgram']!.options).error).toBeUndefined();
        expect(server.publicUrl?.origin).toBe(publicUrl);
      }
    expect(parsed(NONE).providers).toEqual({});
  });

  test('requires tokens if other machines can reach the daemon', () => {
    expect(parsed({ ...NONE, publicUrl: 'https://calls.example.com' }).auth.required).toBe(true);
    expect(parsed(NONE).auth.required).toBe(false);
  });

  test('begins with the JSON Schema for editors, and contains no secret', async () => {
    const file = join(dir, 'schema.yaml');
    await init(file, { provider: ['vapi', 'vobiz'], deepgram: true, record: false });
    const [first] = readFileSync(file, 'utf8').split('\n');
    const schema = /^# yaml-language-server: \$schema=(.+)$/.exec(first!)![1]!;
    expect(JSON.parse(readFileSync(schema, 'utf8'))).toHaveProperty('$schema');
    const { options } = (parse(readFileSync(file, 'utf8')) as { providers: { vapi: { options: unknown } } })
      .providers.vapi;
    expect(options).toEqual({ apiKey: '${VAPI_API_KEY}', webhook: { secret: '${VAPI_WEBHOOK_SECRET}' } });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('does not replace a file', async () => {
    const file = join(dir, 'existing.yaml');
    writeFileSync(file, 'mine');
    await expect(init(file, {})).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    mkdirSync(join(dir, 'folder'));
    await expect(init(join(dir, 'nowhere', 'x.yaml'), {})).rejects.toThrow('cannot write the file (ENOENT)');
  });
});

describe('the answers', () => {
  test('are asked for unless an option says them', async () => {
    const questions: string[] = [];
    const answers = await answersOf({ provider: ['vapi'], record: false }, async (question) => {
      questions.push(question);
      return question.startsWith('Public')
        ? 'https://calls.example.com/'
        : question.startsWith('Country')
          ? 'in'
          : 'y';
    });
    expect(answers).toEqual({
      providers: ['vapi'],
      deepgram: true,
      publicUrl: 'https://calls.example.com',
      country: 'IN',
      record: false,
    });
    expect(questions).toHaveLength(3);
  });

  test('have defaults without a terminal', async () => {
    expect(await answersOf({})).toEqual(NONE);
  });

  test.each([
    [{ provider: ['twilio'] }, '--provider: expected vapi or vobiz'],
    [{ publicUrl: 'calls.example.com' }, '--public-url: expected a URL'],
    [{ publicUrl: 'http://localhost:4000' }, '--public-url: expected a URL'],
  ])('%j is rejected', async (options, message) => {
    await expect(answersOf(options)).rejects.toThrow(message);
  });
});
