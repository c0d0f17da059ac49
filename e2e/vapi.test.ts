/** Vapi end to end: no call is missed, no state is wrong, and the application is not disturbed. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
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
import { serve } from './support/http-server.ts';
import { sidetone, simulator, type SimulatedCall, type SimulatorRun } from './support/process.ts';

/** Silence fills the pauses of an uplink. A busy machine is late, but not by this much. */
const MAX_UPLINK_GAP_MS = 2000;
const SWEEP = { intervalMs: 1000 };

interface World {
  readonly cloud: SimulatorRun;
  readonly daemon: DaemonRun;
}

async function start(vapi: Record<string, unknown> = {}, args: string[] = []): Promise<World> {
  const cloud = await simulator(args);
  const daemon = await startDaemon(writeConfig(tempDir(), cloud, { extra: 'log: { level: warn }', vapi }));
  await cloud.pointAt(daemon.url);
  return { cloud, daemon };
}

/** With the default options: for tests that look only at calls of their own. */
let shared: World;
beforeAll(async () => {
  shared = await start();
});

const FIELDS =
  'id status endedAt answeredAt end { category code } transcriptText summary cost { amount } capabilities assistant { name } mutedParties';
const callOf = async (url: string, providerCallId: string): Promise<Json> =>
  (
    await query(
      url,
      `{ callByProviderId(providerId: "vapi", providerCallId: "${providerCallId}") { ${FIELDS} } }`,
    )
  ).callByProviderId;
const inProgress = (url: string, providerCallId: string): Promise<Json> =>
  until(async () => {
    const call = await callOf(url, providerCallId);
    return call?.status === 'IN_PROGRESS' ? call : undefined;
  }, 'the call is in progress');

const NAMES: Record<string, string> = { customer: 'Customer', assistant: 'Assistant' };
const wordsOf = ({ transcript }: SimulatedCall): string =>
  transcript.map(({ speaker, text }) => `${NAMES[speaker]}: ${text}`).join('\n');

describe.concurrent('a call ends once, with its transcript, when webhooks are', () => {
  let world: World;
  beforeAll(async () => {
    world = await start({ sweep: SWEEP });
  });

  test.each([
    ['doubled and out of order', { duplicates: 2, reorderMs: 500 }],
    ['lost by a third', { loseShare: 0.35, seed: 7 }],
    ['lost, the end among them', { loseTypes: ['status-update ended', 'end-of-call-report', 'transcript'] }],
    ['never sent at all', { loseShare: 1 }],
    [
      'in different formats, with a report of five megabytes',
      { hugeBytes: 5_000_000, literalFinalType: true, timestamps: 'iso', unknownEvery: 3, nullFields: true },
    ],
  ])('%s', async (_what, behaviour) => {
    const { cloud, daemon } = world;
    const endings = collect(
      connect(daemon.url),
      'subscription { callEvents(types: [CALL_ENDED]) { call { providerCallId } } }',
    );
    const providerCallId = await cloud.startCall('vapi', 'hello', behaviour);
    await until(async () => (await cloud.state(providerCallId)).over, 'the end of the call');
    const truth = wordsOf(await cloud.state(providerCallId));
    const call = await until(async () => {
      const known = await callOf(daemon.url, providerCallId);
      return known?.status === 'ENDED' && known.transcriptText === truth ? known : undefined;
    }, 'the end of the call in the daemon, with the same transcript').catch(async () =>
      expect((await callOf(daemon.url, providerCallId))?.transcriptText).toBe(truth),
    );
    expect(call.end.category).toBe('CUSTOMER_ENDED');
    const ends = (): Json[] =>
      endings.items.filter(({ callEvents }) => callEvents.call.providerCallId === providerCallId);
    // A subscription has another connection than a query.
    await until(() => ends().length > 0, 'the event of the end');
    expect(ends()).toHaveLength(1);
  });
});

describe.concurrent('with the default server messages', () => {
  test('the transcript is live, in order, and complete after a handoff', async () => {
    const { cloud, daemon } = await start({ sweep: { intervalMs: 0 } });
    const providerCallId = await cloud.startCall('vapi', 'hello', { serverMessages: ['default'] });
    const live = await until(async () => {
      const call = await callOf(daemon.url, providerCallId);
      return call?.status === 'IN_PROGRESS' && call.transcriptText !== '' ? call : undefined;
    }, 'a live line');
    await query(
      daemon.url,
      `mutation { handoff(input: { callId: "${live.id}", assistantId: "second" }) { failure { code } } }`,
    );
    await until(async () => (await cloud.state(providerCallId)).over, 'the end of the call');
    const truth = wordsOf(await cloud.state(providerCallId));
    const read = async () => {
      const { callByProviderId } = await query(
        daemon.url,
        `{ callByProviderId(providerId: "vapi", providerCallId: "${providerCallId}") {
          transcriptText summary utterances(first: 50) { nodes { startMs endMs } } } }`,
      );
      return callByProviderId;
    };
    const call = await until(async () => {
      const known = await read();
      return known.summary === null ? undefined : known;
    }, 'the report');
    expect(call.transcriptText).toBe(truth);
    for (const { startMs, endMs } of call.utterances.nodes) {
      expect(startMs).not.toBeNull();
      expect(endMs).toBeGreaterThanOrEqual(startMs);
    }
  });
});

describe.concurrent('signed webhooks', () => {
  const hmac = { type: 'hmac', algorithm: 'sha256', secretKey: 's3cret' };

  test('are accepted with the configured key', async () => {
    const { cloud, daemon } = await start({
      webhook: { hmac: { algorithm: 'sha256', secretKey: 's3cret' } },
    });
    await cloud.send('PUT', 'vapi/credential', hmac);
    const providerCallId = await cloud.startCall('vapi', 'hello');
    await inProgress(daemon.url, providerCallId);
  });

  test('are rejected with another key', async () => {
    const { cloud, daemon } = await start({
      webhook: { hmac: { algorithm: 'sha256', secretKey: 'another' } },
      sweep: { intervalMs: 0 },
    });
    await cloud.send('PUT', 'vapi/credential', hmac);
    const providerCallId = await cloud.startCall('vapi', 'brief');
    await until(async () => (await cloud.state(providerCallId)).over, 'the end of the call');
    expect((await query(daemon.url, '{ calls { totalCount } }')).calls.totalCount).toBe(0);
    expect(daemon.stderr()).toContain('WEBHOOK_UNAUTHENTICATED');
  });
});

describe.concurrent('an application behind the daemon', () => {
  async function application(
    answer: (message: Json) => { status: number; body: string },
  ): Promise<{ url: string; received: Json[] }> {
    const received: Json[] = [];
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { message } = JSON.parse(body);
        received.push(message);
        const { status, body: text } = answer(message);
        response.writeHead(status, { 'content-type': 'application/json' }).end(text);
      });
    });
    return { url: `${url}vapi`, received };
  }

  test('receives every message, and its answers are passed on unchanged', async () => {
    const answer = '{"results":[{"toolCallId":"call_1","result":"42"}],"odd":  true}';
    const { url, received } = await application(({ type }) => ({
      status: 200,
      body: type === 'tool-calls' ? answer : '{}',
    }));
    const { cloud, daemon } = await start({ forwardWebhooksTo: url });
    const providerCallId = await cloud.startCall('vapi', 'plumber');
    await inProgress(daemon.url, providerCallId);
    await cloud.send('POST', `calls/${providerCallId}/requests`, { type: 'tool-calls' });
    const answers = await until(async () => {
      const state = await cloud.state(providerCallId);
      return state.answers?.[0]?.status == null ? undefined : state.answers;
    }, 'the application has answered');
    expect(answers[0]).toMatchObject({ status: 200 });
    expect(JSON.stringify(answers[0]!.body)).toContain('42');
    await until(() => received.some(({ type }) => type === 'transcript'), 'messages without an answer');
    expect((await callOf(daemon.url, providerCallId)).status).toBe('IN_PROGRESS');
  });

  test('that is down loses no event, and Vapi receives its failure', async () => {
    const { cloud, daemon } = await start({ forwardWebhooksTo: 'http://127.0.0.1:9/vapi' });
    const providerCallId = await cloud.startCall('vapi', 'plumber');
    await inProgress(daemon.url, providerCallId);
    await cloud.send('POST', `calls/${providerCallId}/requests`, { type: 'tool-calls' });
    const answers = await until(async () => {
      const state = await cloud.state(providerCallId);
      return state.answers?.[0]?.status == null ? undefined : state.answers;
    }, 'Vapi has got its answer');
    expect(answers[0]!.status).toBeGreaterThanOrEqual(500);
    await until(
      async () => (await callOf(daemon.url, providerCallId)).transcriptText !== '',
      'the transcript',
    );
  });
});

describe.concurrent('a command', () => {
  const command = (name: string, input: string): string =>
    `mutation { ${name}(input: { ${input} }) { command { id status } failure { code message } } }`;
  const statusOf = async (url: string, id: string): Promise<string> =>
    (await query(url, `{ command(id: "${id}") { status } }`)).command.status as string;

  test('is confirmed by events of the call, not by the response', async () => {
    const { cloud, daemon } = shared;
    const providerCallId = await cloud.startCall('vapi', 'parcel');
    const { id } = await inProgress(daemon.url, providerCallId);
    const ask = async (name: string, input: string): Promise<string> => {
      const answer = (await query(daemon.url, command(name, `callId: "${id}"${input}`)))[name];
      expect([name, answer.failure]).toEqual([name, null]);
      return answer.command.id as string;
    };
    const muted = await ask('mute', ', party: CUSTOMER');
    expect((await callOf(daemon.url, providerCallId)).mutedParties).toEqual(['CUSTOMER']);
    await ask('unmute', ', party: CUSTOMER');
    const said = await ask('say', ', content: "One moment, please.", interrupt: true');
    const added = await ask(
      'addMessage',
      ', role: SYSTEM, content: "The customer is a friend.", triggerResponse: false',
    );
    await until(
      async () => (await statusOf(daemon.url, said)) === 'CONFIRMED',
      'the confirmation of the sentence',
    );
    await until(
      async () => (await statusOf(daemon.url, added)) === 'CONFIRMED',
      'the message in the conversation',
    );
    expect(await statusOf(daemon.url, muted)).toBe('ACCEPTED');
    const handed = await ask('handoff', ', assistantId: "c1e6a4de-7d36-4b0f-9e8b-2f8a7c1d9a01"');
    await until(async () => (await statusOf(daemon.url, handed)) === 'CONFIRMED', 'the handoff');
    const moved = await ask('transfer', ', number: "+15005550123", extension: "42"');
    await until(async () => (await statusOf(daemon.url, moved)) === 'CONFIRMED', 'the transfer');
    const call = await until(async () => {
      const known = await callOf(daemon.url, providerCallId);
      return known.status === 'ENDED' ? known : undefined;
    }, 'the call is given away');
    expect(call.end).toEqual({ category: 'FORWARDED', code: 'assistant-forwarded-call' });
  });

  /** What Vapi does with one sentence, and the statuses of its command: at the response and in the end. */
  const OUTCOMES: readonly (readonly [string, object, RegExp, string, number])[] = [
    ['no response in time', { controlHangMs: 12_000 }, /UNKNOWN|CONFIRMED/, 'CONFIRMED', 1],
    ['502, executed', failing(502, true), /UNKNOWN|CONFIRMED/, 'CONFIRMED', 1],
    ['502, not executed', failing(502, false), /UNKNOWN/, 'UNKNOWN', 0],
    ['504, executed', failing(504, true), /UNKNOWN|CONFIRMED/, 'CONFIRMED', 1],
    ['504, not executed', failing(504, false), /UNKNOWN/, 'UNKNOWN', 0],
    ['503, then 200', failing(503, false), /ACCEPTED|CONFIRMED/, 'CONFIRMED', 1],
  ];
  function failing(controlFailureStatus: number, controlFailureExecutes: boolean): object {
    return { controlFailures: 1, controlFailureStatus, controlFailureExecutes };
  }

  test('of unknown outcome is UNKNOWN until Vapi reports its effect, and is not repeated', async () => {
    const { cloud, daemon } = shared;
    const say = async ([what, behaviour, first, last]: (typeof OUTCOMES)[number]) => {
      const providerCallId = await cloud.startCall('vapi', 'parcel', { ...behaviour });
      const { id } = await inProgress(daemon.url, providerCallId);
      const text = command('say', `callId: "${id}", content: "One moment, please.", interrupt: true`);
      const answer = (await query(daemon.url, text)).say;
      expect([what, answer.command.status]).toEqual([what, expect.stringMatching(first)]);
      if (answer.command.status === 'UNKNOWN') expect(answer.failure.code).toBe('PROVIDER_TIMEOUT');
      if (last === 'CONFIRMED') {
        await until(
          async () => (await statusOf(daemon.url, answer.command.id)) === 'CONFIRMED',
          `the confirmation: ${what}`,
        );
      }
      return { what, providerCallId, commandId: answer.command.id as string };
    };
    const commands = await Promise.all(OUTCOMES.map(say));
    const results = commands.map(async ({ what, providerCallId, commandId }) => [
      what,
      await statusOf(daemon.url, commandId),
      (await cloud.state(providerCallId)).commands.filter((type) => type === 'say').length,
    ]);
    expect(await Promise.all(results)).toEqual(
      OUTCOMES.map(([what, , , last, executions]) => [what, last, executions]),
    );
  });
});

test.concurrent.each([
  ['s16le-16000-stereo', {}],
  ['s16le-16000-stereo', { listenSwapped: true }],
  ['s16le-8000-stereo', { listenHint: true }],
  ['s16le-16000-stereo', { listenCutFrames: true, listenRefusals: 1, listenDropAfterMs: 2000 }],
])('levels are those of the party that speaks: %s %j', async (listenFormat, options) => {
  const { cloud, daemon } =
    'listenSwapped' in options ? await start({ listen: { swapChannels: true } }) : shared;
  const providerCallId = await cloud.startCall('vapi', 'plumber', { listenFormat, ...options });
  const { id } = await inProgress(daemon.url, providerCallId);
  const client = connect(daemon.url);
  const speech = collect(
    client,
    `subscription { callEvents(callId: "${id}", types: [SPEECH_STARTED, SPEECH_STOPPED]) { type at ... on SpeechChanged { party } } }`,
  );
  const levels = collect(
    client,
    `subscription { audioLevels(callIds: ["${id}"], intervalMs: 100) { at levels { parties { party rmsDb } } } }`,
  );
  await until(
    () => speech.items.filter(({ callEvents }) => callEvents.type === 'SPEECH_STOPPED').length >= 3,
    'three turns',
  );
  // Within a turn, the party that speaks has the higher level.
  const spans: { party: string; from: number; to: number }[] = [];
  for (const { callEvents } of speech.items) {
    const at = Date.parse(callEvents.at as string);
    const open = spans.find((span) => span.party === callEvents.party && span.to === 0);
    if (callEvents.type === 'SPEECH_STOPPED' && open) open.to = at;
    if (callEvents.type === 'SPEECH_STARTED')
      spans.push({ party: callEvents.party as string, from: at, to: 0 });
  }
  const verdicts = spans
    .filter(({ from, to }) => to - from > 800)
    .flatMap(({ party, from, to }) =>
      levels.items.flatMap(({ audioLevels }) => {
        const at = Date.parse(audioLevels.at as string);
        if (at < from + 400 || at > to - 200) return [];
        const loudness = new Map(
          (audioLevels.levels[0].parties as Json[]).map((each) => [
            each.party as string,
            each.rmsDb as number,
          ]),
        );
        const other = party === 'CUSTOMER' ? 'ASSISTANT' : 'CUSTOMER';
        return [(loudness.get(party) ?? -90) > (loudness.get(other) ?? -90)];
      }),
    );
  expect(verdicts.length).toBeGreaterThan(5);
  expect(verdicts.filter(Boolean).length / verdicts.length).toBeGreaterThan(0.8);
});

describe.concurrent('a call whose customer is the daemon', () => {
  test('is placed, kept alive by silence, spoken into from a file, transcribed on both sides, and ended', async () => {
    const file = 'packages/simulator/speech/customer-could-it-be-after-lunch.wav';
    const sound = `${await serve((_request, response) => void response.end(readFileSync(file)))}sound.wav`;

    const { cloud, daemon } = shared;
    const place = `mutation ($options: JSON) {
      placeCall(input: { providerId: "vapi", assistantId: "0f6b6b1e-6a0d-4a53-9d27-5f2a5a6f3b10", providerOptions: $options }) {
        command { id status } call { id providerCallId } failure { code message }
      }
    }`;
    const options = {
      transport: {
        provider: 'vapi.websocket',
        audioFormat: { format: 'pcm_s16le', container: 'raw', sampleRate: 16_000 },
      },
    };
    const { placeCall } = await query(daemon.url, place, { options });
    expect(placeCall.failure).toBeNull();
    const { id, providerCallId } = placeCall.call;
    await inProgress(daemon.url, providerCallId);
    const levels = collect(
      connect(daemon.url),
      `subscription { audioLevels(callIds: ["${id}"]) { levels { parties { party rmsDb } } } }`,
    );
    const isHeard = (party: string) => () =>
      levels.items.some(({ audioLevels }) =>
        (audioLevels.levels[0].parties as Json[]).some((each) => each.party === party && each.rmsDb > -40),
      );
    await until(isHeard('ASSISTANT'), 'the assistant');

    const play = `mutation { playAudio(input: { callId: "${id}", url: "${sound}" }) { command { status } failure { code message } } }`;
    expect((await query(daemon.url, play)).playAudio.failure).toBeNull();
    await until(isHeard('CUSTOMER'), 'the file as the customer');
    await until(
      async () => (await cloud.state(providerCallId)).uplink!.rmsPerSecond.some((rms) => rms > 500),
      'the file at the cloud',
    );
    const { largestGapMs, aheadMs } = (await cloud.state(providerCallId)).uplink!;
    expect(largestGapMs).toBeLessThan(MAX_UPLINK_GAP_MS);
    expect(aheadMs).toBeLessThan(MAX_UPLINK_GAP_MS);

    await query(daemon.url, `mutation { endCall(input: { callId: "${id}" }) { failure { code } } }`);
    await until(
      async () => (await callOf(daemon.url, providerCallId)).status === 'ENDED',
      'the end of the call',
    );
    expect(
      (await query(daemon.url, `{ command(id: "${placeCall.command.id}") { status } }`)).command.status,
    ).toBe('CONFIRMED');
  });
});

test.concurrent('an outbound call is placed, and confirmed when it rings', async () => {
  const { daemon } = shared;
  const options = { phoneNumberId: '8f0f7c1c-0c0b-4c0e-8f60-9b6a5b8f0a11' };
  const place = `mutation ($options: JSON) {
    placeCall(input: { providerId: "vapi", to: "+15005550006", assistantId: "0f6b6b1e-6a0d-4a53-9d27-5f2a5a6f3b10", providerOptions: $options }) {
      command { id } call { providerCallId direction } failure { code message }
    }
  }`;
  const { placeCall } = await query(daemon.url, place, { options });
  expect(placeCall.failure).toBeNull();
  const call = await inProgress(daemon.url, placeCall.call.providerCallId as string);
  expect(call.capabilities).toContain('SAY');
  expect(
    (await query(daemon.url, `{ command(id: "${placeCall.command.id}") { status } }`)).command.status,
  ).toBe('CONFIRMED');
  await expect(query(daemon.url, place.replace('+15005550006', 'nobody'), { options })).rejects.toThrow(
    'INPUT_INVALID',
  );
});

describe.concurrent('past calls', () => {
  const backfill = (url: string): ReturnType<typeof sidetone> =>
    sidetone([
      'backfill',
      '--url',
      url,
      '--provider',
      'vapi',
      '--since',
      new Date(Date.now() - 40 * 86_400_000).toISOString().slice(0, 10),
    ]);

  test('are imported by `sidetone backfill`, twice without duplicates', async () => {
    const { daemon } = await start({}, ['--vapi-history', '250']);
    const first = backfill(daemon.url);
    expect([await first.exit(), first.stderr()]).toEqual([0, '']);
    expect(first.stdout()).toMatch(/done: 250 calls, back to \d{4}-\d{2}-\d{2}/);
    expect(first.stdout()).not.toContain('\r');
    const whole = '{ calls(first: 200) { totalCount nodes { status utterances { totalCount } } } }';
    const before = (await query(daemon.url, whole)).calls;
    expect(before.totalCount).toBe(250);
    expect(new Set((before.nodes as Json[]).map(({ status }) => status as string))).toEqual(
      new Set(['ENDED']),
    );
    expect((before.nodes as Json[]).some(({ utterances }) => utterances.totalCount > 0)).toBe(true);
    expect(await backfill(daemon.url).exit()).toBe(0);
    expect((await query(daemon.url, whole)).calls).toEqual(before);
  });

  test('backfill prints one line for an unknown provider or an unreachable daemon', async () => {
    const unreachable = backfill('http://127.0.0.1:9/');
    expect([await unreachable.exit(), unreachable.stderr()]).toEqual([
      69,
      expect.stringMatching(/^sidetone: no daemon answers at [^\n]+ \[DAEMON_UNREACHABLE\]\n$/),
    ]);
  });
});
