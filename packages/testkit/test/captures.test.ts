/** Captures: which lines belong to a call, what a test states, and the command. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineProvider, providerCallId, type ProviderHost } from '@sidetone/core';
import {
  callsIn,
  createCapturedTest,
  readCapture,
  runCapture,
  type RunCaptureOptions,
} from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';

const START = Date.UTC(2026, 10, 30, 9);
const HEAD = {
  capture: 1,
  plugin: 'bell',
  provider: 'bell',
  startedAt: START,
  options: { key: 'masked-secret-1' },
  secrets: { 'masked-secret-1': 'key' },
};
const fileOf = (...entries: readonly object[]): string =>
  [HEAD, ...entries].map((each) => JSON.stringify(each)).join('\n');

const request = (at: number, number: number, json: object) => ({
  at,
  number,
  request: { method: 'POST', path: 'events', content: { json } },
});
const emits = (at: number, call: string, type: string, fields: object = {}) => ({
  at,
  emits: { type, providerCallId: call, occurredAt: START + at, ...fields },
});

/** Two calls at once. The socket of the first has its token, and one request names no call. */
const TWO_CALLS = fileOf(
  request(100, 1, { call: 'b-1', event: 'ringing' }),
  emits(101, 'b-1', 'call.started'),
  { at: 102, token: 'masked-token-1' },
  {
    at: 103,
    number: 1,
    response: {
      status: 200,
      content: { text: 'wss://calls.example.com/providers/fake/audio/masked-token-1' },
    },
  },
  request(110, 2, { call: 'b-2', event: 'ringing' }),
  emits(111, 'b-2', 'call.started'),
  { at: 120, number: 3, connect: { path: 'audio/masked-token-1' } },
  { at: 121, number: 3, message: { silence: 160 } },
  request(130, 4, { leg: 'of the second' }),
  emits(131, 'b-2', 'call.status', { status: 'IN_PROGRESS' }),
  { at: 140, number: 5, fetch: { method: 'GET', url: 'https://api.bell.example/me' } },
  { at: 141, number: 5, reply: { status: 200, content: { json: {} } } },
  { at: 142, number: 6, fetch: { method: 'GET', url: 'https://api.bell.example/calls/b-2' } },
  { at: 143, number: 6, reply: { status: 200, content: { json: {} } } },
  { at: 150, number: 3, close: 1006, by: 'provider' },
  request(160, 7, { call: 'b-1', event: 'ended' }),
  emits(161, 'b-1', 'call.ended', { end: { category: 'UNKNOWN', code: 'x' } }),
);

/** Emits what it receives, and with `random` something else each time. */
const plugin = defineProvider({
  name: 'bell',
  displayName: 'Bell',
  contract: 1,
  options: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
  create: (_options, host: ProviderHost) => ({
    start: async () => undefined,
    stop: async () => undefined,
    ingress: {
      async request({ body }) {
        const { call, event } = JSON.parse(new TextDecoder().decode(body)) as {
          call?: string;
          event?: string;
        };
        if (call === undefined) return { status: 204 };
        const about = { providerCallId: providerCallId(call), occurredAt: host.clock.now() };
        if (event === 'ended')
          host.emit({ type: 'call.ended', end: { category: 'UNKNOWN', code: 'x' }, ...about });
        else
          host.emit({
            type: 'call.started',
            ...about,
            dedupeKey: event === 'random' ? String(Math.random()) : 'start',
          });
        return {
          status: 200,
          body: event === 'ringing' ? host.publicUrl(`audio/${host.randomToken()}`).href : '',
        };
      },
      socket: (_request, socket) =>
        socket.onMessage((message) => void socket.send(`${message.length} bytes`)),
    },
  }),
});

const testOf = (text: string, call: string) =>
  createCapturedTest(readCapture(text), call, { plugin, imports: { plugin: './index.js' } });
const stepsOf = ({ call }: Awaited<ReturnType<typeof testOf>>) => [
  ...call.toLive,
  ...call.live,
  ...call.toEnd,
];

describe('readCapture', () => {
  it('returns each start, without lines that were cut', () => {
    const sessions = readCapture(
      `${fileOf({ at: 1, token: 'a' })}\n{"at":2,"requ\n\n${fileOf({ at: 3, token: 'b' })}`,
    );
    expect(sessions.map(({ entries }) => entries.map(({ at }) => at))).toEqual([[1], [3]]);
  });
});

describe('callsIn', () => {
  it('lists calls with their requests, sockets and events', () => {
    const [session] = readCapture(TWO_CALLS);
    expect(callsIn(session!)).toEqual([
      {
        id: 'b-1',
        startedAt: START + 100,
        durationMs: 61,
        requests: 2,
        sockets: 1,
        messages: 1,
        events: ['call.started', 'call.ended'],
        hasEnded: true,
      },
      {
        id: 'b-2',
        startedAt: START + 110,
        durationMs: 21,
        requests: 2,
        sockets: 0,
        messages: 0,
        events: ['call.started', 'call.status'],
        hasEnded: false,
      },
    ]);
  });
});

describe('a test of a captured call', () => {
  it('has the lines of the call alone, at their times, and states what the plugin did', async () => {
    const test = await testOf(TWO_CALLS, 'b-1');
    expect(test.failed).toEqual([]);
    expect(stepsOf(test)).toMatchObject([
      {
        request: { content: { json: { call: 'b-1', event: 'ringing' } } },
        emits: [{ type: 'call.started', occurredAt: START + 100 }],
      },
      { wait: 20, emits: [] },
      { connect: { path: 'audio/masked-token-1' } },
      { wait: 1 },
      { message: { silence: 160 }, socket: 1, sends: ['160 bytes'] },
      { wait: 29 },
      { close: 1000, socket: 1 },
      { wait: 10 },
      {
        request: { content: { json: { event: 'ended' } } },
        emits: [{ type: 'call.ended', occurredAt: START + 160 }],
      },
      { wait: 1001 },
    ]);
    expect(test.call).toMatchObject({ startsAt: START + 100, tokens: ['masked-token-1'], toEnd: [{}, {}] });
  });

  it('has the requests of the plugin about the call, and about none', async () => {
    const api = async (call: string) => (await testOf(TWO_CALLS, call)).call.api.map(({ url }) => url);
    expect(await api('b-1')).toEqual(['https://api.bell.example/me']);
    expect(await api('b-2')).toEqual(['https://api.bell.example/me', 'https://api.bell.example/calls/b-2']);
  });

  it('does not state what differs each time', async () => {
    const text = fileOf(request(1, 1, { call: 'b-1', event: 'random' }), emits(2, 'b-1', 'call.started'));
    const [step] = stepsOf(await testOf(text, 'b-1'));
    expect(step).not.toHaveProperty('emits');
  });

  it('says so if the plugin rejects requests, which may be signed', async () => {
    const rejecting = {
      ...plugin,
      create: () => ({
        ...plugin.create({}, {} as never),
        ingress: { request: async () => ({ status: 401 }) },
      }),
    };
    const { remarks } = await createCapturedTest(readCapture(TWO_CALLS), 'b-1', {
      plugin: rejecting,
      imports: {},
    });
    expect(remarks[0]).toMatch(/rejected 2 of 2 requests \(401\).*`sign`/);
  });
});

describe('runCapture', () => {
  const ECHO = fileURLToPath(new URL('../../../examples/echo-provider', import.meta.url));

  async function run(options: Partial<RunCaptureOptions> = {}, specifier?: string) {
    const written = { text: '', warnings: '' };
    const code = await runCapture(TWO_CALLS, {
      plugin: { specifier, cwd: ECHO, exists: existsSync, importPackage: async () => ({ default: plugin }) },
      write: (text) => (written.text += text),
      warn: (text) => (written.warnings += text),
      ...options,
    });
    return { code, ...written };
  }

  it('lists the calls', async () => {
    const { code, text } = await run();
    expect([code, text.split('\n').length]).toEqual([0, 4]);
    expect(text).toMatch(
      /^b-2 +bell +2026-11-30 09:00:00 +0.0 +2 +0 +0 +call.started call.status \(not ended\)$/m,
    );
    expect(JSON.parse((await run({ json: true })).text)).toMatchObject([
      { id: 'b-1', provider: 'bell' },
      { id: 'b-2' },
    ]);
  });

  it('writes a test for a plugin that is a package', async () => {
    const { code, text } = await run({ call: 'b-1' }, 'sidetone-plugin-bell');
    expect(code).toBe(0);
    expect(text).toContain("import plugin from 'sidetone-plugin-bell';");
    expect(text).toContain('defineAudits(it, captured, { only: CAPTURE_AUDITS });');
  });

  it('writes a scenario for a plugin with conformance.js, whose options differ', async () => {
    const plugin = {
      specifier: '.',
      cwd: ECHO,
      testFolder: `${ECHO}/test/captured`,
      exists: existsSync,
      importPackage: async () => ({}),
    };
    const { text, warnings, code } = await run({ call: 'b-1', scenarioOnly: true, plugin });
    // The options of the capture belong to another plugin.
    expect([code, text]).toEqual([2, '']);
    expect(warnings).toMatch(/^No test of the call b-1: the options of the scenario are invalid/);
  });

  it('reports a call and a plugin that do not exist', async () => {
    expect(await run({ call: 'b-9' }, 'sidetone-plugin-bell')).toMatchObject({
      code: 2,
      warnings: expect.stringContaining('no call b-9'),
    });
    expect(await run({ call: 'b-1' }, './nothing')).toMatchObject({
      code: 2,
      warnings: expect.stringContaining('conformance.js'),
    });
  });
});
