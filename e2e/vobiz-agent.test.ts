/** Vobiz with an agent behind the daemon, end to end: its audio is relayed, and no call is lost when sockets drop. */
import { beforeAll, describe, expect, test } from 'vitest';
import { startAgent, type Agent, type AgentSocket } from './support/agent.ts';
import { collect, connect, query, startDaemon, until, type Json } from './support/daemon.ts';
import type { SimulatorRun } from './support/process.ts';
import { samplesOf, toneLevelDb, toneWav } from './support/tone.ts';
import {
  able,
  callOf,
  ended,
  serveForms,
  OUTLIVES_RESTART,
  start,
  STAYS,
  type World,
} from './support/vobiz.ts';

const WITHOUT_KEYS = { authId: undefined, authToken: undefined };

/** Starts a daemon that relays calls to an agent, which greets with a tone. */
async function startRelay(
  vobiz: Record<string, unknown> = {},
  greetingMs = 0,
): Promise<World & { agent: Agent }> {
  const agent = await startAgent({ greetingMs });
  const options = { answer: { mode: 'agent' }, agentUrl: agent.url, ...vobiz };
  return { ...(await start(options)), agent };
}

/** Sends a command and waits until it is CONFIRMED. */
async function confirmed(url: string, name: string, input: Record<string, unknown>): Promise<void> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const types: Record<string, string> = {
    EndCallInput: 'CallInput',
    ClearAudioInput: 'CallInput',
    UnmuteInput: 'MuteInput',
  };
  const mutation = `mutation ($input: ${types[type] ?? type}!) { ${name}(input: $input) { command { id } failure { code message } } }`;
  const { command, failure } = (await query(url, mutation, { input }))[name];
  expect(failure).toBeNull();
  await until(
    async () =>
      (await query(url, `{ command(id: "${command.id}") { status } }`)).command.status === 'CONFIRMED',
    `${name} is confirmed`,
  );
}

/** Returns the audio that the person received lately, 16-bit at 8 kHz. */
async function heardBy(cloud: SimulatorRun, providerCallId: string): Promise<Int16Array> {
  const response = await fetch(`${cloud.url}/simulator/calls/${providerCallId}/heard`);
  return samplesOf(new Uint8Array(await response.arrayBuffer()));
}
const hearsTone = (cloud: SimulatorRun, providerCallId: string, hz: number): Promise<true> =>
  until(async () => {
    const lately = (await heardBy(cloud, providerCallId)).slice(-2400);
    return toneLevelDb(lately, 8000, hz) > -20;
  }, `the person hears ${hz} Hz`).then(() => true as const);

const eventsAt = (socket: AgentSocket | undefined): string[] =>
  (socket?.messages ?? []).map(({ event }) => event);

/** The sockets of a call that have received its start, oldest first. */
const socketsOf = ({ sockets }: Agent, providerCallId: string): AgentSocket[] =>
  sockets.filter(({ messages }) => messages[0]?.start?.callId === providerCallId);
const socketOf = (agent: Agent, providerCallId: string, index = 0): Promise<AgentSocket> =>
  until(() => socketsOf(agent, providerCallId)[index], `connection ${index + 1} of the call to the agent`);

describe('an agent behind the daemon', () => {
  /** For tests that look only at calls of their own. */
  let shared: World & { agent: Agent };
  beforeAll(async () => {
    shared = await startRelay();
  });

  test('receives what Vobiz sends, and the person receives its audio', async () => {
    const { cloud, daemon, agent } = await startRelay({}, 1500);
    const providerCallId = await cloud.startCall('vobiz', 'plumber', STAYS);
    await hearsTone(cloud, providerCallId, 1000);
    const socket = agent.sockets[0]!;
    await until(() => eventsAt(socket).includes('playedStream'), 'the end of the greeting');
    expect(eventsAt(socket).slice(0, 2)).toEqual(['start', 'media']);
    expect(socket.messages[0]!.start!.callId).toBe(providerCallId);
    expect(socket.messages.find(({ event }) => event === 'playedStream')).toEqual({
      event: 'playedStream',
      name: 'greeting',
    });
    await cloud.send('POST', `calls/${providerCallId}/dtmf`, { digits: '5' });
    await until(() => eventsAt(socket).includes('dtmf'), 'the digit at the agent');
    const call = await able(daemon.url, providerCallId, 'HANDOFF');
    expect(call).toMatchObject({ status: 'IN_PROGRESS', direction: 'INBOUND' });
  });

  test('is muted, spoken over and cleared, and each command is confirmed', async () => {
    const { cloud, daemon, agent } = shared;
    const providerCallId = await cloud.startCall('vobiz', 'plumber', STAYS);
    const { id: callId } = await able(daemon.url, providerCallId, 'MUTE_ASSISTANT');
    const socket = await socketOf(agent, providerCallId);

    socket.say(20_000, 1000);
    await hearsTone(cloud, providerCallId, 1000);
    await confirmed(daemon.url, 'mute', { callId, party: 'ASSISTANT' });
    const isSilent = async (): Promise<boolean> =>
      toneLevelDb((await heardBy(cloud, providerCallId)).slice(-2400), 8000, 1000) < -60;
    await until(isSilent, 'silence after clearing');
    socket.say(1000, 1000);
    socket.send({ event: 'checkpoint', name: 'unheard' });
    await until(() => eventsAt(socket).includes('playedStream'), 'the end of playback');
    await confirmed(daemon.url, 'unmute', { callId, party: 'ASSISTANT' });
    expect(await isSilent()).toBe(true);

    await confirmed(daemon.url, 'mute', { callId, party: 'CUSTOMER' });
    const from = socket.messages.length;
    await until(() => socket.messages.length > from + 10, 'frames at the agent');
    const payloads = socket.messages.slice(from + 2).map(({ media }) => media?.payload ?? '');
    expect(new Set(payloads.flatMap((payload) => [...Buffer.from(payload, 'base64')]))).toEqual(
      new Set([0xff]),
    );
    await confirmed(daemon.url, 'unmute', { callId, party: 'CUSTOMER' });

    const sound = await serveForms(() => ({ type: 'audio/wav', body: toneWav(600, 1500) }));
    await confirmed(daemon.url, 'playAudio', { callId, url: sound.url });
    socket.say(20_000, 1000);
    await hearsTone(cloud, providerCallId, 1000);
    await confirmed(daemon.url, 'clearAudio', { callId });
    await until(isSilent, 'silence');
    // The agent received nothing about the audio that the daemon added.
    const answers = socket.messages.filter(
      ({ event }) => event === 'playedStream' || event === 'clearedAudio',
    );
    expect(answers).toEqual([{ event: 'playedStream', name: 'unheard' }]);

    await confirmed(daemon.url, 'endCall', { callId });
    expect((await ended(daemon.url, providerCallId)).end.category).toBe('OPERATOR_ENDED');
    await until(() => socket.closedWith !== undefined, "the close of the agent's socket");
  });

  test('is handed over to another agent while the call continues', async () => {
    const { cloud, daemon, agent } = shared;
    const other = await startAgent({ greetingMs: 3000, hz: 700 });
    const providerCallId = await cloud.startCall('vobiz', 'plumber', STAYS);
    const { id: callId, streams } = await able(daemon.url, providerCallId, 'HANDOFF');
    await confirmed(daemon.url, 'handoff', { callId, streamUrl: other.url });
    await hearsTone(cloud, providerCallId, 700);
    expect(eventsAt(other.sockets[0]).slice(0, 2)).toEqual(['start', 'media']);
    const first = await socketOf(agent, providerCallId);
    await until(() => first.closedWith === 1000, 'the close of the first agent');
    const now = await callOf(daemon.url, providerCallId);
    expect(now.streams).toHaveLength(streams.length);
    expect(now.assistant.name).toBe(new URL(other.url).host);

    const rejected = await query(
      daemon.url,
      'mutation ($input: HandoffInput!) { handoff(input: $input) { command { status } failure { code } } }',
      { input: { callId, streamUrl: 'ws://127.0.0.1:1/' } },
    );
    expect(rejected.handoff).toMatchObject({
      command: { status: 'REFUSED' },
      failure: { code: 'PROVIDER_UNREACHABLE' },
    });
    expect(other.sockets[0]!.closedWith).toBeUndefined();
    await cloud.send('POST', `calls/${providerCallId}/hangup`, {});
  });

  test('is reconnected after it disconnects, and receives the same start', async () => {
    const { cloud, daemon, agent } = shared;
    const notices = collect(
      connect(daemon.url),
      'subscription { callEvents(types: [CALL_NOTICE]) { call { providerCallId } ... on CallNotice { code } } }',
    );
    const providerCallId = await cloud.startCall('vobiz', 'plumber', STAYS);
    await able(daemon.url, providerCallId, 'HANDOFF');
    const first = await socketOf(agent, providerCallId);
    first.cut();
    const second = await socketOf(agent, providerCallId, 1);
    await until(() => eventsAt(second).includes('media'), 'audio at the agent');
    expect(second.messages[0]).toEqual(first.messages[0]);
    const codes = (): string[] =>
      notices.items.flatMap(({ callEvents: { call, code } }) =>
        call.providerCallId === providerCallId ? [code as string] : [],
      );
    await until(() => codes().includes('VOBIZ_AGENT_RECONNECTED'), 'both notices');
    expect(codes()).toEqual(['VOBIZ_AGENT_DISCONNECTED', 'VOBIZ_AGENT_RECONNECTED']);
    await cloud.send('POST', `calls/${providerCallId}/hangup`, {});
  });

  test('is replaced by the fallback when it does not reconnect', async () => {
    const fallback = { say: 'Nobody can talk now.', dial: '+918000000077' };
    const { cloud, daemon, agent } = await startRelay({
      answer: { mode: 'agent', fallback },
      agent: { retries: 1 },
    });
    const providerCallId = await cloud.startCall('vobiz', 'hello', STAYS);
    await able(daemon.url, providerCallId, 'HANDOFF');
    agent.accepts = false;
    (await until(() => agent.sockets[0], 'the connection to the agent')).cut();
    await until(
      async () => JSON.stringify((await cloud.state(providerCallId)).said).includes('Nobody can talk now.'),
      'the fallback',
    );
    // The call continues with its callee, and audio is still received.
    await until(async () => (await callOf(daemon.url, providerCallId)).streams.length > 1, 'a tap stream');
    expect((await callOf(daemon.url, providerCallId)).status).not.toBe('ENDED');
  });

  test('can end the call by stop or by closing its socket', async () => {
    const { cloud, daemon, agent } = shared;
    for (const end of [
      (socket: AgentSocket) => socket.send({ event: 'stop' }),
      (socket: AgentSocket) => socket.close(1000),
    ]) {
      const providerCallId = await cloud.startCall('vobiz', 'plumber', STAYS);
      await able(daemon.url, providerCallId, 'HANDOFF');
      end(await socketOf(agent, providerCallId));
      expect((await ended(daemon.url, providerCallId)).end.code).toBe('4010');
    }
  });

  test('can be removed without an account key: the stream is stopped, and the call continues as configured', async () => {
    const { cloud, daemon } = await startRelay(WITHOUT_KEYS);
    const first = await cloud.startCall('vobiz', 'plumber', STAYS);
    const second = await cloud.startCall('vobiz', 'plumber', STAYS);
    const { id: firstId, capabilities } = await able(daemon.url, first, 'TRANSFER');
    expect(capabilities).not.toContain('SAY');
    await confirmed(daemon.url, 'transfer', { callId: firstId, number: '+918000000055' });
    await until(async () => (await callOf(daemon.url, first)).streams.length > 1, 'audio of the new leg');
    const { id: secondId } = await able(daemon.url, second, 'END_CALL');
    await confirmed(daemon.url, 'endCall', { callId: secondId });
    await ended(daemon.url, second);
    expect((await callOf(daemon.url, first)).status).not.toBe('ENDED');
  });

  test('continues its call after the daemon was killed', async () => {
    const { cloud, daemon, config, agent } = await startRelay();
    const providerCallId = await cloud.startCall('vobiz', 'plumber', OUTLIVES_RESTART);
    const { id } = await able(daemon.url, providerCallId, 'HANDOFF');
    await until(() => eventsAt(agent.sockets[0]).includes('media'), 'audio at the agent');
    await daemon.end('SIGKILL');
    const again = await startDaemon(config, new URL(daemon.url).port);
    const socket = await until(() => agent.sockets[1], 'the connection of the new daemon');
    await until(() => eventsAt(socket).includes('media'), 'audio at the agent');
    const call = await able(again.url, providerCallId, 'HANDOFF');
    expect(call.id).toBe(id);
  });
});

describe('dropped sockets', () => {
  const BOUNDARIES = Array.from({ length: 12 }, (_, index) => index + 1);

  test.each([
    ['tap', {}],
    ['agent', {}],
  ])('lose or duplicate no call in %s mode', async (mode) => {
    const { cloud, daemon } = mode === 'tap' ? await start() : await startRelay();
    const endings = collect(
      connect(daemon.url),
      'subscription { callEvents(types: [CALL_ENDED]) { call { providerCallId } } }',
    );
    // Each socket of a call is dropped after its first, second, ... message, three times over.
    const providerCallId = await Promise.all(
      BOUNDARIES.map((n) => cloud.startCall('vobiz', 'plumber', { ...STAYS, dropAfterMessages: [n, n, n] })),
    );
    for (const id of providerCallId) {
      await until(async () => {
        const { streams } = await cloud.state(id);
        return streams.length === 4 && streams[3]!.status === 'open';
      }, 'it is dialled for the fourth time');
      await until(async () => {
        const call = await callOf(daemon.url, id);
        return call.status === 'IN_PROGRESS' && call.streams.some(({ endedAt }: Json) => endedAt === null);
      }, 'a stream');
    }
    await Promise.all(providerCallId.map((id) => cloud.send('POST', `calls/${id}/hangup`, {})));
    for (const id of providerCallId)
      expect((await ended(daemon.url, id)).end.category).toBe('CUSTOMER_ENDED');
    const { calls } = await query(daemon.url, '{ calls { totalCount nodes { streams { endedAt } } } }');
    expect(calls.totalCount).toBe(BOUNDARIES.length);
    const streams = (calls.nodes as { streams: { endedAt: string | null }[] }[]).map((call) => call.streams);
    expect(streams.flat().filter(({ endedAt }) => endedAt === null)).toEqual([]);
    expect(streams.map(({ length }) => length)).toEqual(BOUNDARIES.map(() => 4));
    expect(endings.items).toHaveLength(BOUNDARIES.length);
  });
});
