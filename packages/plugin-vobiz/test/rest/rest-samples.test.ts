import { Secret } from '@sidetone/core';
import { createFakeHost } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { createVobizApi, type VobizApi } from '../../src/rest/api.ts';
import { createConferenceApi, type ConferenceApi } from '../../src/rest/conference-api.ts';
import { createRest, isGone } from '../../src/rest/rest-client.ts';
import { CALL, reply, samplesOf, STREAM } from '../samples.ts';

const signal = new AbortController().signal;
const BASE = 'https://api.vobiz.ai/api/v1';

function client() {
  const host = createFakeHost();
  const authToken = new Secret('test-token-not-real');
  const deps = { host, baseUrl: new URL(BASE), authId: 'MA_TEST0001', authToken };
  return {
    host,
    api: { ...createVobizApi(deps), rooms: createConferenceApi(deps) },
    rest: createRest(deps),
  };
}

type Ask = (api: VobizApi & { readonly rooms: ConferenceApi }) => Promise<unknown>;

const member = { room: 'desk-42', memberId: '249' };

/** What makes each request. */
const REQUESTS: Readonly<Record<string, Ask>> = {
  call_list_live: (api) => api.listCalls('live', signal),
  call_record_start: (api) =>
    api.startRecording(
      CALL,
      {
        timeLimitSeconds: 600,
        fileFormat: 'wav',
        channels: 'stereo',
        callbackUrl: new URL('https://tap.example.in/vobiz/recording'),
      },
      signal,
    ),
  stream_start_two_way: (api) =>
    api.startStream(
      CALL,
      {
        serviceUrl: new URL('wss://tap.example.in/v/c7f1?k=s3cr3t'),
        isBidirectional: true,
        audioTrack: 'inbound',
        contentType: 'audio/x-mulaw;rate=8000',
        timeoutSeconds: 3600,
        statusCallbackUrl: new URL('https://tap.example.in/vobiz/stream-status'),
      },
      signal,
    ),
  stream_list: (api) => api.listStreams(CALL, signal),
  stream_stop_one: (api) => api.stopStream(CALL, STREAM, signal),
  stream_stop_all: (api) => api.stopStreams(CALL, signal),
  conference_member_mute: ({ rooms }) => rooms.mute(member, signal),
  conference_member_unmute: ({ rooms }) => rooms.unmute(member, signal),
  conference_member_deaf: ({ rooms }) => rooms.deafen(member, signal),
  conference_member_kick: ({ rooms }) => rooms.kick(member, signal),
  conference_member_speak: ({ rooms }) => rooms.speak(member, 'The caller asks about an invoice.', signal),
  conference_member_play: ({ rooms }) =>
    rooms.play({ ...member, memberId: 'all' }, 'https://media.example.in/hold.mp3', signal),
  conference_get: ({ rooms }) => rooms.get('desk-42', signal),
};

describe('a request of the samples', () => {
  const names = samplesOf('rest-request').map(({ name }) => name);

  it('is made by something', () => {
    expect(names).toEqual(Object.keys(REQUESTS));
  });

  it.each(Object.keys(REQUESTS))('is made as it stands: %s', async (name) => {
    const { host, api } = client();
    const { method, path, headers, query, json } = samplesOf('rest-request').find(
      (sample) => sample.name === name,
    )!.body as Record<string, unknown>;
    host.respond(String(method), /./, { status: 200, json: { recording_id: 'r', stream_id: 's' } });
    await REQUESTS[name]!(api);
    const [made] = host.requests;
    expect(made?.url.pathname).toBe(path);
    expect(Object.fromEntries(made!.url.searchParams)).toEqual(query ?? {});
    expect(made?.json).toEqual(json);
    for (const [header, value] of Object.entries(headers as Record<string, string>)) {
      expect(made?.headers[header.toLowerCase()]).toBe(value);
    }
  });
});

/** Whether each answer is a success, about something that is gone, or a failure. */
const ANSWERS: Readonly<Record<string, string>> = {
  call_make_400_not_owned: 'PROVIDER_REFUSED',
  call_make_401: 'PROVIDER_REFUSED',
  route_missing_gateway_404: 'PROVIDER_REFUSED',
  call_get_live_404: 'gone',
  stream_stop_one_404: 'gone',
  conference_get_200_failed_while_live: 'PROVIDER_REFUSED',
  conference_get_404: 'gone',
};

describe('an answer of the samples', () => {
  it.each(samplesOf('rest-response').map(({ name }) => name))('is what it is: %s', async (name) => {
    const { host, rest } = client();
    host.respond('POST', `${BASE}/anything`, { ...reply(name) });
    const told = await rest.ask('POST', '/anything', signal).then(
      (answer) => (isGone(answer) ? 'gone' : 'success'),
      (error: { code: string }) => error.code,
    );
    expect(told).toBe(ANSWERS[name] ?? 'success');
  });

  it.each<[string, Ask, unknown]>([
    ['call_make_201', (api) => api.makeCall({}, signal), CALL],
    ['call_make_200_doc', (api) => api.makeCall({}, signal), CALL],
    [
      'call_list_live_200',
      (api) => api.listCalls('live', signal),
      [CALL, '7a1c5e80-3d2f-4b96-8c47-f09b2d6e1a35'],
    ],
    ['call_list_live_empty_200', (api) => api.listCalls('queued', signal), []],
    ['call_get_live_404', (api) => api.getLiveCall(CALL, signal), undefined],
    ['call_hangup_204', (api) => api.hangUp(CALL, signal), 'done'],
    ['call_get_live_404', (api) => api.hangUp(CALL, signal), 'gone'],
    ['call_record_start_200', REQUESTS['call_record_start']!, 'c4d90f16-5b8a-4e73-92f1-a80d7b3e6c29'],
    ['call_get_live_404', REQUESTS['call_record_start']!, undefined],
    ['call_hangup_204', (api) => api.stopRecording(CALL, signal), 'done'],
    ['stream_start_202', REQUESTS['stream_start_two_way']!, STREAM],
    ['call_get_live_404', REQUESTS['stream_start_two_way']!, undefined],
    ['stream_stop_one_404', (api) => api.stopStream(CALL, STREAM, signal), 'gone'],
    ['conference_member_mute_202', REQUESTS['conference_member_mute']!, 'done'],
    ['conference_member_unmute_204', REQUESTS['conference_member_unmute']!, 'done'],
    ['conference_member_deaf_202', REQUESTS['conference_member_deaf']!, 'done'],
    ['conference_member_unmute_204', ({ rooms }) => rooms.undeafen(member, signal), 'done'],
    ['conference_member_kick_202', REQUESTS['conference_member_kick']!, 'done'],
    ['conference_member_play_202', REQUESTS['conference_member_play']!, 'done'],
    ['conference_member_unmute_204', ({ rooms }) => rooms.stopPlaying(member, signal), 'done'],
    ['conference_get_404', ({ rooms }) => rooms.hangUp(member, signal), 'gone'],
    ['conference_get_404', REQUESTS['conference_get']!, 'gone'],
    ['conference_get_200_failed_while_live', REQUESTS['conference_get']!, 'untold'],
  ])('means what was asked for: %s', async (name, ask, expected) => {
    const { host, api } = client();
    for (const method of ['GET', 'POST', 'DELETE']) host.respond(method, /./, { ...reply(name) });
    expect(await ask(api)).toEqual(expected);
  });

  it('lists the streams of a call', async () => {
    const { host, api } = client();
    host.respond('GET', /Stream/, { ...reply('stream_list_200') });
    expect(await api.listStreams(CALL, signal)).toMatchObject([
      { streamId: STREAM, serviceUrl: 'wss://tap.example.in/v/c7f1' },
      { streamId: expect.any(String) as string },
    ]);
  });

  it('gives the record of a past call, and none of an unknown one', async () => {
    const { host, api } = client();
    host.respond('GET', /cdr/, { ...reply('cdr_get_200') });
    expect(await api.getCdr(CALL, signal)).toMatchObject({ uuid: CALL });
    host.respond('GET', /cdr/, { status: 404, json: { error: 'not found' } });
    expect(await api.getCdr(CALL, signal)).toBeUndefined();
  });

  it('tells who is in a room, where Vobiz says so, and nothing of what it does not say', async () => {
    const { host, api } = client();
    const told = { member_id: 249, muted: 'true', deaf: false, call_uuid: CALL };
    host.respond('GET', /Conference/, { json: { members: [{ ...told, member_id: '249' }, told, {}] } });
    expect(await api.rooms.get('desk 42', signal)).toEqual({
      members: [
        { memberId: '249', isMuted: true, isDeaf: false, callId: CALL },
        { memberId: '249', isMuted: true, isDeaf: false, callId: CALL },
      ],
    });
    expect(host.requests[0]?.url.pathname).toContain('/Conference/desk%2042/');
    host.respond('GET', /Conference/, { ...reply('call_make_401') });
    await expect(api.rooms.get('desk-42', signal)).rejects.toMatchObject({ code: 'PROVIDER_REFUSED' });
  });
});
