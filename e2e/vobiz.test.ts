/** A Vobiz account in each of its ways: the call is heard and steered, and nothing is lost when sockets drop. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { startAgent, type Agent, type AgentSocket } from './support/agent.ts';
import {
  collect,
  connect,
  query,
  startDaemon,
  tempDir,
  until,
  writeConfig,
  type DaemonRun,
  type Json,
} from './support/daemon.ts';
import { sidetone, simulator, type SimulatorRun } from './support/process.ts';
import { samplesOf, toneLevelDb, toneWav } from './support/tone.ts';

interface World {
  readonly cloud: SimulatorRun;
  readonly daemon: DaemonRun;
  readonly config: string;
}

async function start(vobiz: Record<string, unknown> = {}, args: string[] = []): Promise<World> {
  const cloud = await simulator(args);
  const config = writeConfig(tempDir(), cloud, { extra: 'log: { level: warn }', vobiz });
  const daemon = await startDaemon(config);
  await cloud.pointAt(daemon.url);
  return { cloud, daemon, config };
}

/** A daemon that relays calls to an agent, which greets with a tone. */
async function startRelay(
  vobiz: Record<string, unknown> = {},
  greetingMs = 0,
): Promise<World & { agent: Agent }> {
  const agent = await startAgent({ greetingMs });
  const options = { answer: { mode: 'agent' }, agentUrl: agent.url, ...vobiz };
  return { ...(await start(options)), agent };
}

const WITHOUT_KEYS = { authId: undefined, authToken: undefined };

const FIELDS =
  'id status from to direction end { category code } capabilities mutedParties assistant { name } streams { id parties endedAt frames missingFrames }';
const callOf = async (url: string, theirs: string): Promise<Json> =>
  (await query(url, `{ callByProviderId(providerId: "vobiz", providerCallId: "${theirs}") { ${FIELDS} } }`))
    .callByProviderId;

const able = (url: string, theirs: string, capability: string): Promise<Json> =>
  until(async () => {
    const call = await callOf(url, theirs);
    return call?.capabilities.includes(capability) ? call : undefined;
  }, `the call is capable of ${capability}`);

const ended = (url: string, theirs: string): Promise<Json> =>
  until(
    async () => {
      const call = await callOf(url, theirs);
      return call?.status === 'ENDED' ? call : undefined;
    },
    'the call has ended',
    30_000,
  );

/** Asks for a command, and waits until it is CONFIRMED. */
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

/** What the person on the line has heard lately, 16-bit at 8 kHz. */
async function heardBy(cloud: SimulatorRun, theirs: string): Promise<Int16Array> {
  const response = await fetch(`${cloud.url}/simulator/calls/${theirs}/heard`);
  return samplesOf(new Uint8Array(await response.arrayBuffer()));
}
const hearsTone = (cloud: SimulatorRun, theirs: string, hz: number): Promise<true> =>
  until(async () => {
    const lately = (await heardBy(cloud, theirs)).slice(-2400);
    return toneLevelDb(lately, 8000, hz) > -20;
  }, `the person hears ${hz} Hz`).then(() => true as const);

const eventsAt = (socket: AgentSocket | undefined): string[] =>
  (socket?.messages ?? []).map(({ event }) => event);

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

/** An HTTP server of the test's own: an application, or sounds. */
async function serve(
  answer: (fields: URLSearchParams) => { status?: number; type: string; body: string | Buffer } | undefined,
): Promise<{ url: string; asked: URLSearchParams[] }> {
  const asked: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const fields = new URLSearchParams(body);
      asked.push(fields);
      const said = answer(fields);
      if (said) response.writeHead(said.status ?? 200, { 'content-type': said.type }).end(said.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked };
}

describe('an agent behind the daemon', () => {
  test('sees what it would see of Vobiz, and is heard by the person', async () => {
    const { cloud, daemon, agent } = await startRelay({}, 1500);
    const theirs = await cloud.startCall('vobiz', 'plumber');
    await hearsTone(cloud, theirs, 1000);
    const socket = agent.sockets[0]!;
    await until(() => eventsAt(socket).includes('playedStream'), 'the greeting was played');
    expect(eventsAt(socket).slice(0, 2)).toEqual(['start', 'media']);
    expect(socket.messages[0]!.start!.callId).toBe(theirs);
    expect(socket.messages.find(({ event }) => event === 'playedStream')).toEqual({
      event: 'playedStream',
      name: 'greeting',
    });
    await cloud.send('POST', `calls/${theirs}/dtmf`, { digits: '5' });
    await until(() => eventsAt(socket).includes('dtmf'), 'the agent gets the key');
    const call = await able(daemon.url, theirs, 'HANDOFF');
    expect(call).toMatchObject({ status: 'IN_PROGRESS', direction: 'INBOUND' });
  });

  test('is gated, spoken over and cleared, and the outcome of each command is confirmed', async () => {
    const { cloud, daemon, agent } = await startRelay();
    const theirs = await cloud.startCall('vobiz', 'plumber');
    const { id: callId } = await able(daemon.url, theirs, 'MUTE_ASSISTANT');
    const socket = await until(() => agent.sockets[0], 'the agent is dialled');

    socket.say(20_000, 1000);
    await hearsTone(cloud, theirs, 1000);
    await confirmed(daemon.url, 'mute', { callId, party: 'ASSISTANT' });
    const isSilent = async (): Promise<boolean> =>
      toneLevelDb((await heardBy(cloud, theirs)).slice(-2400), 8000, 1000) < -60;
    await until(isSilent, 'what waited is gone');
    socket.say(1000, 1000);
    socket.send({ event: 'checkpoint', name: 'unheard' });
    await until(() => eventsAt(socket).includes('playedStream'), 'all of it has arrived, and nothing waits');
    await confirmed(daemon.url, 'unmute', { callId, party: 'ASSISTANT' });
    expect(await isSilent()).toBe(true);

    await confirmed(daemon.url, 'mute', { callId, party: 'CUSTOMER' });
    const from = socket.messages.length;
    await until(() => socket.messages.length > from + 10, 'the agent still gets frames');
    const payloads = socket.messages.slice(from + 2).map(({ media }) => media?.payload ?? '');
    expect(new Set(payloads.flatMap((payload) => [...Buffer.from(payload, 'base64')]))).toEqual(
      new Set([0xff]),
    );
    await confirmed(daemon.url, 'unmute', { callId, party: 'CUSTOMER' });

    const sound = await serve(() => ({ type: 'audio/wav', body: toneWav(600, 1500) }));
    await confirmed(daemon.url, 'playAudio', { callId, url: sound.url });
    socket.say(20_000, 1000);
    await hearsTone(cloud, theirs, 1000);
    await confirmed(daemon.url, 'clearAudio', { callId });
    await until(isSilent, 'nothing is played any more');
    // None of what was ours was told to the agent.
    const answers = socket.messages.filter(
      ({ event }) => event === 'playedStream' || event === 'clearedAudio',
    );
    expect(answers).toEqual([{ event: 'playedStream', name: 'unheard' }]);

    await confirmed(daemon.url, 'endCall', { callId });
    expect((await ended(daemon.url, theirs)).end.category).toBe('OPERATOR_ENDED');
    await until(() => socket.closedWith !== undefined, "the agent's socket is closed");
  });

  test('hands over to another agent without a break of the call', async () => {
    const { cloud, daemon, agent } = await startRelay();
    const other = await startAgent({ greetingMs: 3000, hz: 700 });
    const theirs = await cloud.startCall('vobiz', 'plumber');
    const { id: callId, streams } = await able(daemon.url, theirs, 'HANDOFF');
    await confirmed(daemon.url, 'handoff', { callId, streamUrl: other.url });
    await hearsTone(cloud, theirs, 700);
    expect(eventsAt(other.sockets[0]).slice(0, 2)).toEqual(['start', 'media']);
    await until(() => agent.sockets[0]!.closedWith === 1000, 'the first agent is let go');
    const now = await callOf(daemon.url, theirs);
    expect(now.streams).toHaveLength(streams.length);
    expect(now.assistant.name).toBe(new URL(other.url).host);

    const refused = await query(
      daemon.url,
      'mutation ($input: HandoffInput!) { handoff(input: $input) { command { status } failure { code } } }',
      { input: { callId, streamUrl: 'ws://127.0.0.1:1/' } },
    );
    expect(refused.handoff).toMatchObject({
      command: { status: 'REFUSED' },
      failure: { code: 'PROVIDER_UNREACHABLE' },
    });
    expect(other.sockets[0]!.closedWith).toBeUndefined();
  });

  test('that breaks off is dialled again, and shown the same start', async () => {
    const { cloud, daemon, agent } = await startRelay();
    const notices = collect(
      connect(daemon.url),
      'subscription { callEvents(types: [CALL_NOTICE]) { ... on CallNotice { code } } }',
    );
    const theirs = await cloud.startCall('vobiz', 'plumber');
    await able(daemon.url, theirs, 'HANDOFF');
    const first = await until(() => agent.sockets[0], 'the agent is dialled');
    await until(() => eventsAt(first).includes('start'), 'it is shown the start');
    first.cut();
    const second = await until(() => agent.sockets[1], 'the agent is dialled again');
    await until(() => eventsAt(second).includes('media'), 'it hears the person');
    expect(second.messages[0]).toEqual(first.messages[0]);
    const codes = (): string[] => notices.items.map(({ callEvents }) => callEvents.code);
    await until(() => codes().includes('VOBIZ_AGENT_RECONNECTED'), 'both are told');
    expect(codes()).toEqual(['VOBIZ_AGENT_DISCONNECTED', 'VOBIZ_AGENT_RECONNECTED']);
  });

  test('that does not come back is replaced by what the caller was promised', async () => {
    const fallback = { say: 'Nobody can talk now.', dial: '+918000000077' };
    const { cloud, daemon, agent } = await startRelay({
      answer: { mode: 'agent', fallback },
      agent: { connectTimeoutMs: 500, retries: 1 },
    });
    const theirs = await cloud.startCall('vobiz', 'hello');
    await able(daemon.url, theirs, 'HANDOFF');
    agent.takes = false;
    (await until(() => agent.sockets[0], 'the agent is dialled')).cut();
    await until(
      async () => JSON.stringify((await cloud.state(theirs)).said).includes('Nobody can talk now.'),
      'the caller is told',
    );
    // The call goes on with whom it was dialled to, and is still heard.
    await until(async () => (await callOf(daemon.url, theirs)).streams.length > 1, 'a tap follows');
    expect((await callOf(daemon.url, theirs)).status).not.toBe('ENDED');
  });

  test('may end the call: by stop, or by closing its socket', async () => {
    const { cloud, daemon, agent } = await startRelay();
    for (const [index, end] of [
      (socket: AgentSocket) => socket.send({ event: 'stop' }),
      (socket: AgentSocket) => socket.close(1000),
    ].entries()) {
      const theirs = await cloud.startCall('vobiz', 'plumber');
      await able(daemon.url, theirs, 'HANDOFF');
      end(await until(() => agent.sockets[index], 'the agent is dialled'));
      expect((await ended(daemon.url, theirs)).end.code).toBe('4010');
    }
  });

  test('can be left without any key of the account: the stream is stopped, and the call goes on as asked', async () => {
    const { cloud, daemon } = await startRelay(WITHOUT_KEYS);
    const first = await cloud.startCall('vobiz', 'plumber');
    const second = await cloud.startCall('vobiz', 'plumber');
    const { id: firstId, capabilities } = await able(daemon.url, first, 'TRANSFER');
    expect(capabilities).not.toContain('SAY');
    await confirmed(daemon.url, 'transfer', { callId: firstId, number: '+918000000055' });
    await until(async () => (await callOf(daemon.url, first)).streams.length > 1, 'the new leg is heard');
    const { id: secondId } = await able(daemon.url, second, 'END_CALL');
    await confirmed(daemon.url, 'endCall', { callId: secondId });
    await ended(daemon.url, second);
    expect((await callOf(daemon.url, first)).status).not.toBe('ENDED');
  });

  test('goes on with its call when the daemon was killed', async () => {
    const { cloud, daemon, config, agent } = await startRelay();
    const theirs = await cloud.startCall('vobiz', 'plumber');
    const { id } = await able(daemon.url, theirs, 'HANDOFF');
    await until(() => eventsAt(agent.sockets[0]).includes('media'), 'the agent hears the person');
    await daemon.end('SIGKILL');
    const again = await startDaemon(config, new URL(daemon.url).port);
    const socket = await until(() => agent.sockets[1], 'the agent is dialled by the new daemon');
    await until(() => eventsAt(socket).includes('media'), 'it hears the person');
    const call = await able(again.url, theirs, 'HANDOFF');
    expect(call.id).toBe(id);
  });
});

describe('whatever happens to the sockets', () => {
  const BOUNDARIES = Array.from({ length: 12 }, (_, index) => index + 1);

  test.each([
    ['tap', {}],
    ['agent', {}],
  ])('no call in %s mode is lost or doubled', { timeout: 90_000 }, async (mode) => {
    const { cloud, daemon } = mode === 'tap' ? await start() : await startRelay();
    const endings = collect(
      connect(daemon.url),
      'subscription { callEvents(types: [CALL_ENDED]) { call { providerCallId } } }',
    );
    // Every socket of a call is dropped behind its first, second, ... message, three times over.
    const theirs = await Promise.all(
      BOUNDARIES.map((n) => cloud.startCall('vobiz', 'plumber', { dropAfterMessages: [n, n, n] })),
    );
    for (const id of theirs) {
      await until(async () => {
        const { streams } = await cloud.state(id);
        return streams.length === 4 && streams[3]!.status === 'open';
      }, 'it is dialled for the fourth time');
      await until(async () => {
        const call = await callOf(daemon.url, id);
        return call.status === 'IN_PROGRESS' && call.streams.some(({ endedAt }: Json) => endedAt === null);
      }, 'it is heard');
    }
    await Promise.all(theirs.map((id) => cloud.send('POST', `calls/${id}/hangup`, {})));
    for (const id of theirs) expect((await ended(daemon.url, id)).end.category).toBe('CUSTOMER_ENDED');
    const { calls } = await query(daemon.url, '{ calls { totalCount nodes { streams { endedAt } } } }');
    expect(calls.totalCount).toBe(BOUNDARIES.length);
    const streams = (calls.nodes as { streams: { endedAt: string | null }[] }[]).map((call) => call.streams);
    expect(streams.flat().filter(({ endedAt }) => endedAt === null)).toEqual([]);
    expect(streams.map(({ length }) => length)).toEqual(BOUNDARIES.map(() => 4));
    expect(endings.items).toHaveLength(BOUNDARIES.length);
  });
});

describe('both sides are heard', () => {
  test.each([
    ['mu-law', 'audio/x-mulaw;rate=8000', {}],
    ['L16 at 16 kHz, little-endian', 'audio/x-l16;rate=16000', {}],
    ['L16 at 8 kHz, big-endian', 'audio/x-l16;rate=8000', { byteOrder: 'be' }],
  ])('each tone on its party, at its level: %s', async (_what, contentType, behaviour) => {
    const { cloud, daemon } = await start({ contentType });
    const theirs = await cloud.startCall('vobiz', 'plumber', behaviour);
    await until(
      async () => (await callOf(daemon.url, theirs))?.status === 'IN_PROGRESS',
      'it is in progress',
    );
    const levels = collect(
      connect(daemon.url),
      'subscription { audioLevels(intervalMs: 200) { levels { parties { party rmsDb peakDb } } } }',
    );
    await cloud.send('POST', `calls/${theirs}/tone`, { track: 'inbound', hz: 440, dbfs: -12, ms: 4000 });
    await cloud.send('POST', `calls/${theirs}/tone`, { track: 'outbound', hz: 1000, dbfs: -24, ms: 4000 });
    // The rms of a sine is 3.01 dB below its peak.
    const isThere = (parties: Json, party: string, rmsDb: number): boolean =>
      parties.some((level: Json) => level.party === party && Math.abs(level.rmsDb - rmsDb) < 0.5);
    await until(
      () =>
        levels.items.some(({ audioLevels }) => {
          const parties = audioLevels.levels[0]?.parties ?? [];
          return isThere(parties, 'CUSTOMER', -15.01) && isThere(parties, 'ASSISTANT', -27.01);
        }),
      'both tones stand at their level',
    );
  });
});

describe("the application's own XML", () => {
  const DIAL =
    '<?xml version="1.0"?>\n<Response><!-- ours & theirs --><Dial callerId="918000000001"><Number>+918000000042</Number></Dial></Response>';

  test('is followed, with the stream woven in, and its application is told how the call ends', async () => {
    const application = await serve(() => ({ type: 'application/xml', body: DIAL.replace(' & ', ' and ') }));
    const { cloud, daemon } = await start({ answer: { mode: 'xml', url: application.url } });
    const theirs = await cloud.startCall('vobiz', 'hello');
    await until(async () => (await callOf(daemon.url, theirs))?.streams.length === 1, 'it is heard');
    expect(application.asked[0]!.get('CallUUID')).toBe(theirs);
    await ended(daemon.url, theirs);
  });

  test.each([
    ['is not well-formed', { type: 'application/xml', body: '<Response><Dial>' }],
    ['is refused', { status: 500, type: 'text/plain', body: 'no' }],
    ['never comes', undefined],
  ])('that %s is replaced by the fallback', async (_what, reply) => {
    const application = await serve(() => reply);
    const fallback = { say: 'One moment, please.', dial: '+918000000077' };
    const { cloud, daemon } = await start({ answer: { mode: 'xml', url: application.url, fallback } });
    const theirs = await cloud.startCall('vobiz', 'hello');
    await until(
      async () => JSON.stringify((await cloud.state(theirs)).said).includes('One moment, please.'),
      'the caller is told',
    );
    await until(async () => (await callOf(daemon.url, theirs)).streams.length === 1, 'and is heard');
  });
});

describe('a call that somebody else answers', () => {
  const ELSEWHERE = '<Response><Dial><Number>+918000000042</Number></Dial></Response>';

  async function startAttached(attach: Record<string, unknown>): Promise<World> {
    const application = await serve(() => ({ type: 'application/xml', body: ELSEWHERE }));
    const world = await start({ answer: undefined, attach });
    await world.cloud.send('PUT', 'targets', { vobizAnswer: application.url, vobizHangup: application.url });
    return world;
  }

  test('is found, heard on both sides, and ended by its end', async () => {
    const { cloud, daemon } = await startAttached({ calls: 'all', intervalMs: 1000 });
    const theirs = await cloud.startCall('vobiz', 'hello');
    const call = await until(async () => {
      const known = await callOf(daemon.url, theirs);
      return known?.streams.length === 1 ? known : undefined;
    }, 'it is joined');
    expect(call.streams[0].parties).toEqual(['CUSTOMER', 'ASSISTANT']);
    expect(call.from).toMatch(/^\+\d+$/);
    await able(daemon.url, theirs, 'SAY');
    await ended(daemon.url, theirs);
    expect((await query(daemon.url, '{ calls { totalCount } }')).calls.totalCount).toBe(1);
  });

  test('is joined when it is named, and only then', async () => {
    const { cloud, daemon } = await startAttached({});
    const theirs = await cloud.startCall('vobiz', 'plumber');
    await until(async () => (await cloud.state(theirs)).status === 'in-progress', 'it is live there');
    const watch = (providerCallId: string): Promise<Json> =>
      query(
        daemon.url,
        'mutation ($input: WatchCallInput!) { watchCall(input: $input) { call { id } failure { code } } }',
        { input: { providerId: 'vobiz', providerCallId } },
      );
    expect(await callOf(daemon.url, theirs)).toBeNull();
    expect((await watch(theirs)).watchCall.failure).toBeNull();
    await until(async () => (await callOf(daemon.url, theirs))?.streams.length === 1, 'it is heard');
    const { failure } = (await watch('00000000-0000-4000-8000-000000000000')).watchCall;
    expect(failure.code).toBe('CALL_NOT_FOUND');
  });
});

describe('the account', () => {
  test('places a call, which is confirmed when it rings, and ends as it ended', async () => {
    const { cloud, daemon } = await start({ from: '+918000000001' });
    const place =
      'mutation { placeCall(input: { providerId: "vobiz", to: "+919000000555" }) { command { id } call { providerCallId direction } failure { code message } } }';
    const { call, command, failure } = (await query(daemon.url, place)).placeCall;
    expect(failure).toBeNull();
    expect(call.direction).toBe('OUTBOUND');
    await until(
      async () =>
        (await query(daemon.url, `{ command(id: "${command.id}") { status } }`)).command.status ===
        'CONFIRMED',
      'the call is confirmed',
    );
    await able(daemon.url, call.providerCallId, 'SAY');
    await cloud.send('POST', `calls/${call.providerCallId}/hangup`, {});
    await ended(daemon.url, call.providerCallId);
  });

  test('tells of its past, once, however often it is asked', async () => {
    const { cloud, daemon, config } = await start();
    await daemon.end('SIGTERM');
    const theirs = await cloud.startCall('vobiz', 'brief');
    await until(async () => (await cloud.state(theirs)).over, 'a call that nobody told us of', 60_000);
    const again = await startDaemon(config);
    const since = new Date(Date.now() - 86_400_000).toISOString();
    for (let time = 0; time < 2; time++) {
      const asked = ['backfill', '--provider', 'vobiz', '--since', since, '--url', again.url];
      expect(await sidetone(asked).exit()).toBe(0);
    }
    const { calls } = await query(again.url, '{ calls { totalCount nodes { providerCallId status } } }');
    expect(calls).toEqual({ totalCount: 1, nodes: [{ providerCallId: theirs, status: 'ENDED' }] });
  });

  test('whose webhooks must be signed believes only those', async () => {
    const { cloud, daemon } = await start({ signature: 'require' });
    const unsigned = await cloud.startCall('vobiz', 'brief');
    const signed = await cloud.startCall('vobiz', 'brief', { signature: 'v3' });
    await until(async () => callOf(daemon.url, signed), 'the signed one is known');
    expect(await callOf(daemon.url, unsigned)).toBeNull();
  });
});
