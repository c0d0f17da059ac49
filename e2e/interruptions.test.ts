/** The process is paused, killed or stopped while webhooks arrive: every acknowledged event is stored, once. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import { collect, connect, query, startDaemon, tempDir, until, type Json } from './support/daemon.ts';
import { sidetone } from './support/process.ts';

/** Emits the number in the path as an utterance. */
const PLUGIN = `
export default {
  name: 'numbers',
  displayName: 'Numbers',
  contract: 1,
  options: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
  create: (_options, host) => ({
    start: async () => {},
    stop: async () => {},
    ingress: {
      async request({ path }) {
        host.emit({
          type: 'utterance.final',
          providerCallId: 'numbers',
          occurredAt: Date.now(),
          party: 'CUSTOMER',
          text: 'number ' + path,
          dedupeKey: path,
        });
        return { status: 200 };
      },
    },
  }),
};
`;
const SENDERS = 8;
const PAGE = `query ($after: String) { calls { nodes { utterances(first: 200, after: $after) {
  nodes { text } pageInfo { hasNextPage endCursor } } } } }`;
const EVENTS = `subscription ($after: Cursor) { callEvents(after: $after, types: [UTTERANCE_FINALIZED]) {
  ... on UtteranceFinalized { utterance { text } } } }`;

let config: string;
beforeEach(() => {
  const dir = tempDir();
  config = join(dir, 'sidetone.yaml');
  writeFileSync(join(dir, 'numbers.mjs'), PLUGIN);
  writeFileSync(
    config,
    `server: { port: 0 }
storage: { path: '${join(dir, 'test.db')}' }
log: { level: error }
limits: { eventsPerSecond: 1000000 }
providers: { numbers: { plugin: './numbers.mjs' } }
`,
  );
});

let next = 0;

/** Sends webhooks until it is stopped. A sender ends when the daemon does not answer. */
function load(url: string): { acknowledged: number[]; stop: () => Promise<void> } {
  const acknowledged: number[] = [];
  const stopping = new AbortController();
  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const number = next++;
      const response = await fetch(`${url}providers/numbers/${number}`).catch(() => undefined);
      if (!response) return;
      if (response.status === 200) acknowledged.push(number);
    }
  }
  const senders = Array.from({ length: SENDERS }, run);
  return {
    acknowledged,
    async stop() {
      stopping.abort();
      await Promise.all(senders);
    },
  };
}

const textOf = (number: number): string => `number ${number}`;

/** Checks that all numbers are stored, and none twice. */
async function expectStored(url: string, numbers: readonly number[]): Promise<void> {
  const stored: string[] = [];
  for (let after: string | null = null, isComplete = false; !isComplete;) {
    const { calls } = await query(url, PAGE, { after });
    const { nodes, pageInfo } = calls.nodes[0].utterances;
    stored.push(...(nodes as Json[]).map(({ text }) => text as string));
    isComplete = !pageInfo.hasNextPage;
    after = pageInfo.endCursor as string;
  }
  const known = new Set(stored);
  expect(known.size).toBe(stored.length);
  expect(numbers.map(textOf).filter((text) => !known.has(text))).toEqual([]);
}

test('a paused process loses no acknowledged event, and its subscribers none', async () => {
  const daemon = await startDaemon(config);
  const start = (await query(daemon.url, '{ latestCursor }')).latestCursor as string;
  const subscriber = collect(connect(daemon.url), EVENTS, { after: start });
  const { acknowledged, stop } = load(daemon.url);
  await until(() => acknowledged.length > 100, 'some events');
  process.kill(daemon.pid, 'SIGSTOP');
  await delay(1500);
  const before = acknowledged.length;
  process.kill(daemon.pid, 'SIGCONT');
  await until(() => acknowledged.length > before + 100, 'more events');
  await stop();
  await expectStored(daemon.url, acknowledged);
  const received = (): Set<string> =>
    new Set(subscriber.items.map(({ callEvents }) => callEvents.utterance.text as string));
  await until(() => acknowledged.every((number) => received().has(textOf(number))), 'all events');
  expect(received().size).toBe(subscriber.items.length);
});

test('a killed process has stored every acknowledged event', async () => {
  const all: number[] = [];
  for (const enough of [1, 60, 250]) {
    const daemon = await startDaemon(config);
    const { acknowledged, stop } = load(daemon.url);
    await until(() => acknowledged.length >= enough, 'some events');
    await daemon.end('SIGKILL');
    await stop();
    all.push(...acknowledged);
  }
  await expectStored((await startDaemon(config)).url, all);
});

test('a process that is killed during its start can be started again', async () => {
  // The first starts create the database, the later ones find it.
  for (let ms = 100; ms <= 1000; ms += 100) {
    const starting = sidetone(['start', '--config', config]);
    await delay(ms);
    await starting.end('SIGKILL');
  }
  const daemon = await startDaemon(config);
  const { acknowledged, stop } = load(daemon.url);
  await until(() => acknowledged.length > 10, 'some events');
  await stop();
  await expectStored(daemon.url, acknowledged);
});

test('a process that is stopped under load exits with 0 and loses no acknowledged event', async () => {
  const daemon = await startDaemon(config);
  const { acknowledged, stop } = load(daemon.url);
  await until(() => acknowledged.length > 100, 'some events');
  expect(await daemon.end('SIGTERM')).toBe(0);
  await stop();
  await expectStored((await startDaemon(config)).url, acknowledged);
});
