/** Vobiz end to end: audio of both parties, the application's own XML, calls of another application, and the account. */
import { beforeAll, describe, expect, test } from 'vitest';
import { collect, connect, query, startDaemon, until, type Json } from './support/daemon.ts';
import { sidetone } from './support/process.ts';
import {
  able,
  callOf,
  ended,
  serveForms,
  start,
  STAYS,
  type FormReply,
  type World,
} from './support/vobiz.ts';

describe('audio of both parties', () => {
  test.each([
    ['mu-law', 'audio/x-mulaw;rate=8000', {}],
    ['L16 at 16 kHz, little-endian', 'audio/x-l16;rate=16000', {}],
    ['L16 at 8 kHz, big-endian', 'audio/x-l16;rate=8000', { byteOrder: 'be' }],
  ])('has each tone on its party, at its level: %s', async (_what, contentType, behaviour) => {
    const { cloud, daemon } = await start({ contentType });
    const providerCallId = await cloud.startCall('vobiz', 'plumber', { ...STAYS, ...behaviour });
    await until(
      async () => (await callOf(daemon.url, providerCallId))?.status === 'IN_PROGRESS',
      'a call in progress',
    );
    const levels = collect(
      connect(daemon.url),
      'subscription { audioLevels(intervalMs: 200) { levels { parties { party rmsDb peakDb } } } }',
    );
    await cloud.send('POST', `calls/${providerCallId}/tone`, {
      track: 'inbound',
      hz: 440,
      dbfs: -12,
      ms: 4000,
    });
    await cloud.send('POST', `calls/${providerCallId}/tone`, {
      track: 'outbound',
      hz: 1000,
      dbfs: -24,
      ms: 4000,
    });
    // The rms of a sine is 3.01 dB below its peak.
    const isThere = (parties: Json, party: string, rmsDb: number): boolean =>
      parties.some((level: Json) => level.party === party && Math.abs(level.rmsDb - rmsDb) < 0.5);
    await until(
      () =>
        levels.items.some(({ audioLevels }) => {
          const parties = audioLevels.levels[0]?.parties ?? [];
          return isThere(parties, 'CUSTOMER', -15.01) && isThere(parties, 'ASSISTANT', -27.01);
        }),
      'both tones at their level',
    );
  });
});

describe('an account whose media messages name no track', () => {
  const OLDER = { startShape: 'flat', mediaShape: 'older' };
  const partiesOf = (call: Json): string[] => call.streams.map(({ parties }: Json) => parties.join());

  test('has both parties on two streams from its second call on, with all frames counted', async () => {
    const { cloud, daemon } = await start();
    const first = await cloud.startCall('vobiz', 'brief', OLDER);
    expect(partiesOf(await ended(daemon.url, first))).toContain('UNKNOWN');
    const second = await cloud.startCall('vobiz', 'brief', OLDER);
    const call = await ended(daemon.url, second);
    expect(partiesOf(call).toSorted()).toEqual(['ASSISTANT', 'CUSTOMER']);
    // Nobody listened.
    for (const { frames, missingFrames } of call.streams) {
      expect(frames).toBeGreaterThan(100);
      expect(missingFrames).toBe(0);
    }
  });
});

describe("the application's own XML", () => {
  const DIAL =
    '<?xml version="1.0"?>\n<Response><!-- ours & theirs --><Dial callerId="918000000001"><Number>+918000000042</Number></Dial></Response>';

  test('is used with the stream added, and the application receives the hangup', async () => {
    const application = await serveForms(() => ({
      type: 'application/xml',
      body: DIAL.replace(' & ', ' and '),
    }));
    const { cloud, daemon } = await start({ answer: { mode: 'xml', url: application.url } });
    const providerCallId = await cloud.startCall('vobiz', 'hello');
    await until(async () => (await callOf(daemon.url, providerCallId))?.streams.length === 1, 'a stream');
    expect(application.requests[0]!.get('CallUUID')).toBe(providerCallId);
    await ended(daemon.url, providerCallId);
  });

  describe('is replaced by the fallback', () => {
    let reply: FormReply | undefined;
    let world: World;
    beforeAll(async () => {
      const application = await serveForms(() => reply);
      const fallback = { say: 'One moment, please.', dial: '+918000000077' };
      world = await start({ answer: { mode: 'xml', url: application.url, fallback } });
    });

    test.each([
      ['malformed', { type: 'application/xml', body: '<Response><Dial>' }],
      ['an error', { status: 500, type: 'text/plain', body: 'no' }],
      ['missing', undefined],
    ])('when it is %s', async (_what, answer) => {
      reply = answer;
      const { cloud, daemon } = world;
      const providerCallId = await cloud.startCall('vobiz', 'hello');
      await until(
        async () => JSON.stringify((await cloud.state(providerCallId)).said).includes('One moment, please.'),
        'the fallback',
      );
      await until(async () => (await callOf(daemon.url, providerCallId)).streams.length === 1, 'a stream');
      await cloud.send('POST', `calls/${providerCallId}/hangup`, {});
    });
  });
});

describe('a call that another application answers', () => {
  const ELSEWHERE = '<Response><Dial><Number>+918000000042</Number></Dial></Response>';

  async function startAttached(
    attach: Record<string, unknown>,
    behaviour?: Record<string, unknown>,
  ): Promise<World> {
    const application = await serveForms(() => ({ type: 'application/xml', body: ELSEWHERE }));
    const world = await start({ answer: undefined, attach }, [], behaviour);
    await world.cloud.send('PUT', 'targets', { vobizAnswer: application.url, vobizHangup: application.url });
    return world;
  }

  test.each(['slash', 'plain'])('is discovered, listened to and ended: %s paths', async (liveRoutes) => {
    // The first list may decide which paths are right.
    const { cloud, daemon } = await startAttached({ calls: 'all', intervalMs: 1000 }, { liveRoutes });
    const providerCallId = await cloud.startCall('vobiz', 'hello', STAYS);
    const call = await until(async () => {
      const known = await callOf(daemon.url, providerCallId);
      return known?.streams.length === 1 ? known : undefined;
    }, 'it is joined');
    expect(call.streams[0].parties).toEqual(['CUSTOMER', 'ASSISTANT']);
    expect(call.from).toMatch(/^\+\d+$/);
    await able(daemon.url, providerCallId, 'SAY');
    await cloud.send('POST', `calls/${providerCallId}/hangup`, {});
    await ended(daemon.url, providerCallId);
    expect((await query(daemon.url, '{ calls { totalCount } }')).calls.totalCount).toBe(1);
  });

  test('is watched only on request', async () => {
    const { cloud, daemon } = await startAttached({});
    const providerCallId = await cloud.startCall('vobiz', 'plumber', STAYS);
    await until(
      async () => (await cloud.state(providerCallId)).status === 'in-progress',
      'a live call at the cloud',
    );
    const watch = (providerCallId: string): Promise<Json> =>
      query(
        daemon.url,
        'mutation ($input: WatchCallInput!) { watchCall(input: $input) { call { id } failure { code } } }',
        { input: { providerId: 'vobiz', providerCallId } },
      );
    expect(await callOf(daemon.url, providerCallId)).toBeNull();
    expect((await watch(providerCallId)).watchCall.failure).toBeNull();
    await until(async () => (await callOf(daemon.url, providerCallId))?.streams.length === 1, 'a stream');
    const { failure } = (await watch('00000000-0000-4000-8000-000000000000')).watchCall;
    expect(failure.code).toBe('CALL_NOT_FOUND');
  });
});

describe('the account', () => {
  test('places a call, which is confirmed when it rings, and ends with its end', async () => {
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
      'the confirmation',
    );
    await able(daemon.url, call.providerCallId, 'SAY');
    await cloud.send('POST', `calls/${call.providerCallId}/hangup`, {});
    await ended(daemon.url, call.providerCallId);
  });

  test('imports its past calls once, however often it is requested', async () => {
    const { cloud, daemon, config } = await start();
    await daemon.end('SIGTERM');
    const providerCallId = await cloud.startCall('vobiz', 'brief');
    await until(async () => (await cloud.state(providerCallId)).over, 'the end of a call without webhooks');
    const again = await startDaemon(config);
    const since = new Date(Date.now() - 86_400_000).toISOString();
    for (let time = 0; time < 2; time++) {
      const args = ['backfill', '--provider', 'vobiz', '--since', since, '--url', again.url];
      expect(await sidetone(args).exit()).toBe(0);
    }
    const { calls } = await query(again.url, '{ calls { totalCount nodes { providerCallId status } } }');
    expect(calls).toEqual({ totalCount: 1, nodes: [{ providerCallId, status: 'ENDED' }] });
  });

  test('has the cost of a call, which webhooks do not contain, on all of its legs', async () => {
    const { cloud, daemon } = await start();
    const providerCallId = await cloud.startCall('vobiz', 'brief');
    await ended(daemon.url, providerCallId);
    const costQuery = `{ callByProviderId(providerId: "vobiz", providerCallId: "${providerCallId}") { cost { amount currency } } }`;
    const cost = await until(
      async () => (await query(daemon.url, costQuery)).callByProviderId.cost ?? undefined,
      'the cost',
    );
    // A started minute of each leg, and of the stream.
    expect(cost).toEqual({ amount: 1.1, currency: 'INR' });
  });

  test('with signatures required accepts only signed webhooks', async () => {
    const { cloud, daemon } = await start({ signature: 'require' });
    const unsigned = await cloud.startCall('vobiz', 'brief');
    const signed = await cloud.startCall('vobiz', 'brief', { signature: 'v3' });
    await until(async () => callOf(daemon.url, signed), 'the signed call');
    expect(await callOf(daemon.url, unsigned)).toBeNull();
  });
});
