/** Accounts whose media messages name no track. */
import { type FakeHostOptions, type FakeSocket } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { start } from '../harness.ts';
import { CALL, form, STREAM } from '../samples.ts';

const PAYLOAD = Buffer.alloc(160, 0x20).toString('base64');
const media = (fields: object = {}): string =>
  JSON.stringify({ event: 'media', streamId: STREAM, media: { payload: PAYLOAD, ...fields } });

const FLAT = {
  event: 'start',
  streamId: STREAM,
  callId: CALL,
  contentType: 'audio/x-mulaw;rate=8000',
  audioTrack: 'both',
};
const nested = (...tracks: readonly string[]) => ({
  event: 'start',
  start: { streamId: STREAM, callId: CALL, tracks },
});

async function answered(options: object = {}, hostOptions: FakeHostOptions = {}) {
  const harness = await start(options, hostOptions);
  harness.host.setDemand('audio', CALL, true);
  const xml = async (path = 'answer'): Promise<string> =>
    String((await harness.post(path, form('answer_minimal_fields'))).body);
  const paths = async () => [...(await xml()).matchAll(/(stream\/[^<]+)</g)].map(([, path]) => path!);
  return { ...harness, xml, paths };
}

async function send(peer: FakeSocket, startMessage: object, ...frames: readonly string[]): Promise<void> {
  await peer.send(JSON.stringify(startMessage));
  for (const frame of frames) await peer.send(frame);
}

const tracksIn = (xml: string): string[] =>
  [...xml.matchAll(/audioTrack="(\w+)"[^>]*>[^<]*?(\/inbound|\/outbound)?</g)].map(
    ([, track, path = '']) => track! + path,
  );

describe('a stream of both tracks whose frames name none', () => {
  it.each<[string, object]>([
    ['flat', FLAT],
    ['nested', nested('inbound', 'outbound')],
  ])('is of an unknown party, and the next answers request two streams: %s', async (_form, message) => {
    const { host, xml, paths, open } = await answered();
    const [path] = await paths();
    await send(open(path!), message, media(), media());
    expect(host.streams.at(-1)!.options.parties).toEqual(['UNKNOWN']);
    expect(tracksIn(await xml())).toEqual(['inbound/inbound', 'outbound/outbound']);
  });

  it('is remembered across a restart', async () => {
    const first = await answered();
    await send(first.open((await first.paths())[0]!), FLAT, media());
    const { clock, state } = first.host;
    const second = await answered({}, { clock, state });
    expect(tracksIn(await second.xml())).toEqual(['inbound/inbound', 'outbound/outbound']);
  });
});

describe('two streams of one track', () => {
  async function split() {
    const harness = await answered();
    await send(harness.open((await harness.paths())[0]!), FLAT, media());
    const peers = (await harness.paths()).map((path) => harness.open(path));
    return { ...harness, peers };
  }

  it.each<[string, (track: string) => object]>([
    ['that a flat start names', (track) => ({ ...FLAT, audioTrack: track })],
    ['that a nested start names', (track) => nested(track)],
    ['that was requested, although the start names both', () => FLAT],
    ['that was requested, although the start names none', () => nested()],
  ])('have the party of the track %s', async (_what, message) => {
    const { host, peers } = await split();
    for (const [index, track] of ['inbound', 'outbound'].entries()) {
      await send(peers[index]!, message(track), media());
    }
    const written = host.streams.slice(-2).map(({ options, writes }) => [options.parties, writes[0]?.party]);
    expect(written).toEqual([
      [['CUSTOMER'], 'CUSTOMER'],
      [['ASSISTANT'], 'ASSISTANT'],
    ]);
    host.verify();
  });

  it('become one again once frames name their track', async () => {
    const { xml, peers } = await split();
    await send(peers[0]!, nested('inbound'), media({ track: 'inbound' }));
    expect(tracksIn(await xml())).toEqual(['both']);
  });
});

describe('other streams', () => {
  it.each<[string, object, string[]]>([
    ['of the only track of the start', nested('inbound'), [media()]],
    ['without any track in the start', nested(), [media()]],
    [
      'with tracks, but for one frame',
      nested('inbound', 'outbound'),
      [media({ track: 'outbound' }), media()],
    ],
  ])('are not split: %s', async (_what, message, frames) => {
    const { host, xml, paths, open } = await answered();
    await send(open((await paths())[0]!), message, ...frames);
    expect(host.streams[0]!.writes.at(-1)!.party).toBe('CUSTOMER');
    expect(tracksIn(await xml())).toEqual(['both']);
  });

  it('of a path with another track do not exist', async () => {
    const { provider, paths } = await answered();
    const [path] = await paths();
    const request = { method: 'GET', path: `${path!}/both` };
    expect(provider.ingress!.admitSocket!(request as never)).toMatchObject({ admit: false });
  });
});

describe('an attached call', () => {
  it('is requested by track, and again if one of the streams ends', async () => {
    const harness = await start({ attach: { calls: 'watched' } });
    const { host, provider, answer, open } = harness;
    await send(open(await answer()), FLAT, media());
    const id = 'other-call';
    host.respond('GET', /status=live/, { json: { call_status: 'in-progress' } });
    host.respond('POST', /\/Stream\/$/, { status: 202, json: { stream_id: 'stream-1' } });
    await provider.watch!(id as never, { signal: new AbortController().signal } as never);
    const bodies = () =>
      host.requests.flatMap(({ method, json }) =>
        method === 'POST' ? [json as { audio_track: string; service_url: string }] : [],
      );
    expect(bodies().map(({ audio_track: track }) => track)).toEqual(['inbound', 'outbound']);
    const peers = bodies().map(({ service_url: url }) => open(/stream\/.*/.exec(url)![0]));
    peers[0]!.cut();
    await host.clock.advance(5000);
    expect(peers[1]!.closing).toBeDefined();
    expect(bodies()).toHaveLength(4);
  });
});
