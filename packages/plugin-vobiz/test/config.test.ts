import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import plugin from '@sidetone/plugin-vobiz';
import { AUTH, readOptions } from './harness.ts';

async function issuesOf(options: object): Promise<readonly string[]> {
  const result = await plugin.options['~standard'].validate(options);
  return (result.issues ?? []).map(({ path }) => (path ?? []).map(String).join('.'));
}

const answer = { mode: 'tap', dial: '+918000000001' };

const AGENT = 'wss://agent.example.net/calls/{callId}?from={from}&key=s3cr3t';
const agent = { answer: { mode: 'agent' }, agentUrl: AGENT };
const xml = { mode: 'xml', url: 'https://app.example.net/answer' };

describe('options', () => {
  it('have defaults, except for answer and attach', async () => {
    expect(await readOptions()).toMatchObject({
      apiBaseUrl: new URL('https://api.vobiz.ai/api/v1'),
      l16ByteOrder: 'auto',
      signature: 'verify',
      contentType: 'audio/x-mulaw;rate=8000',
      agent: { connectTimeoutMs: 3000, retries: 4 },
    });
    expect(await issuesOf({})).toEqual(['answer']);
    expect(await issuesOf({ answer })).toEqual([]);
    expect((await readOptions({ attach: {} })).attach).toEqual({ calls: 'watched', intervalMs: 5000 });
    expect((await readOptions({ answer: xml })).answer).toEqual({
      ...xml,
      url: new URL(xml.url),
      method: 'POST',
      timeoutMs: 700,
    });
  });

  it('never print the token or the URL of the agent', async () => {
    const options = await readOptions(agent);
    const printed = inspect(options, { depth: 5 }) + JSON.stringify(options);
    expect(printed).not.toMatch(new RegExp(`${AUTH.authToken}|s3cr3t|agent.example`));
    expect(options.agentUrl?.reveal()).toBe(AGENT);
  });

  it.each(['+918000000001', '918000000001', 'sip:desk@pbx.example.net', 'sips:desk@pbx.example.net:5061'])(
    'accept a dial to %s',
    async (dial) => {
      expect(await readOptions({ answer: { mode: 'tap', dial } })).toMatchObject({ answer: { dial } });
    },
  );

  it.each([
    '+91 80 0000 0001',
    '0091-80-0000-0001',
    'tel:+918000000001',
    '\u202A+918000000001\u202C',
    '+९१८००००००००१',
  ])('normalise the number %j', async (number) => {
    const options = { ...AUTH, from: number, answer: { mode: 'tap', dial: number, callerId: number } };
    expect(await readOptions(options)).toMatchObject({
      from: '+918000000001',
      answer: { dial: '+918000000001', callerId: '+918000000001' },
    });
  });

  it.each(['not a number', '+8012345678', '+1', '+918000000001x12'])(
    'reject the number %j by name',
    async (number) => {
      expect(await issuesOf({ ...AUTH, answer, from: number })).toEqual(['from']);
      expect(await issuesOf({ ...AUTH, answer: { ...answer, callerId: number } })).toEqual([
        'answer.callerId',
      ]);
      const fallback = { dial: number };
      expect(await issuesOf({ ...agent, answer: { mode: 'agent', fallback } })).toEqual([
        'answer.fallback.dial',
      ]);
    },
  );

  it.each(['', 'desk', 'sip:des k@pbx.example.net', 'sip:desk', '+91 80', 'https://example.net'])(
    'reject a dial to %j',
    async (dial) => {
      expect(await issuesOf({ ...AUTH, answer: { mode: 'tap', dial } })).toEqual(['answer.dial']);
    },
  );

  it.each<[string, object]>([
    ['authToken', { answer, authId: AUTH.authId }],
    ['authId', { answer, authToken: AUTH.authToken }],
    ['signature', { answer, signature: 'require' }],
    ['attach', { attach: { calls: 'all' } }],
    ['attach.intervalMs', { ...AUTH, attach: { intervalMs: 10 } }],
    ['attach', { ...AUTH, attach: { twoWay: true } }],
    ['agentUrl', { answer: agent.answer }],
    ['agentUrl', { answer, agentUrl: AGENT }],
    ['agentUrl', { ...agent, agentUrl: 'https://agent.example.net' }],
    ['agentUrl', { ...agent, agentUrl: 'wss://agent.example.net/{secret}' }],
    ['agent.retries', { ...agent, agent: { retries: -1 } }],
    ['answer', { answer: { ...agent.answer, dial: '+918000000001' }, agentUrl: AGENT }],
    ['answer.fallback', { answer: { ...xml, fallback: {} } }],
    ['answer.fallback.say', { answer: { ...xml, fallback: { say: 'x'.repeat(501) } } }],
    ['answer.fallback.dial', { answer: { ...xml, fallback: { dial: 'desk' } } }],
    ['answer.url', { answer: { mode: 'xml', url: 'ftp://app.example.net' } }],
    ['answer.timeoutMs', { answer: { ...xml, timeoutMs: 60_000 } }],
    ['answer.mode', { answer: { mode: 'relay' } }],
    ['answer', { answer: { ...answer, timeout: 1 } }],
    ['contentType', { answer, contentType: 'audio/x-l16;rate=24000' }],
    ['', { answer, authtoken: 'x' }],
  ])('report the invalid key once: %s in %j', async (key, options) => {
    expect(await issuesOf(options)).toEqual([key]);
  });

  it('report what was expected for an invalid combination', async () => {
    const result = await plugin.options['~standard'].validate({ answer, signature: 'require' });
    expect(result.issues?.[0]?.message).toBe('expected verify or off: require needs authToken');
  });
});
