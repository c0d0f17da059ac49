import { Secret } from '@sidetone/core';
import { createFakeHost } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { createVobizApi, type VobizApi } from '../../src/rest/api.ts';
import { createRestClient, isGone } from '../../src/rest/rest-client.ts';
import { CALL, reply, samplesOf, STREAM } from '../samples.ts';

const signal = new AbortController().signal;
const BASE = 'https://api.vobiz.ai/api/v1';

function client() {
  const host = createFakeHost();
  const authToken = new Secret('test-token-not-real');
  const deps = { host, baseUrl: new URL(BASE), authId: 'MA_TEST0001', authToken };
  return { host, api: createVobizApi(deps), rest: createRestClient(deps) };
}

type Request = (api: VobizApi) => Promise<unknown>;

const member = { room: 'desk-42', memberId: '249' };

/** The method that sends each request. */
const REQUESTS: Readonly<Record<string, Request>> = {
  call_list_live: (api) => api.listLiveCalls(signal),
  stream_start_one_way: (api) =>
    api.startStream(
      CALL,
      {
        streamUrl: new URL('wss://tap.example.in/v/c7f1?k=s3cr3t'),
        contentType: 'audio/x-mulaw;rate=8000',
        statusCallbackUrl: new URL('https://tap.example.in/vobiz/stream-status'),
      },
      'both',
      signal,
    ),
  conference_member_mute: (api) => api.muteMember(member, signal),
  conference_member_unmute: (api) => api.unmuteMember(member, signal),
};

describe('REST requests of the samples', () => {
  const names = samplesOf('rest-request').map(({ name }) => name);

  it('have a method each', () => {
    expect(names).toEqual(Object.keys(REQUESTS));
  });

  it.each(Object.keys(REQUESTS))('are sent as documented: %s', async (name) => {
    const { host, api } = client();
    const { method, path, headers, query, json } = samplesOf('rest-request').find(
      (sample) => sample.name === name,
    )!.body as Record<string, unknown>;
    host.respond(String(method), /./, { status: 200, json: { stream_id: 's' } });
    await REQUESTS[name]!(api);
    const [sent] = host.requests;
    expect(sent?.url.pathname).toBe(path);
    expect(Object.fromEntries(sent!.url.searchParams)).toEqual(query ?? {});
    expect(sent?.json).toEqual(json);
    for (const [header, value] of Object.entries(headers as Record<string, string>)) {
      expect(sent?.headers[header.toLowerCase()]).toBe(value);
    }
  });
});

/** The responses that are no success: about a resource that is gone, or a failure. */
const RESPONSES: Readonly<Record<string, string>> = {
  call_make_400_not_owned: 'PROVIDER_REFUSED',
  call_make_401: 'PROVIDER_REFUSED',
  route_missing_gateway_404: 'PROVIDER_REFUSED',
  call_get_live_404: 'gone',
  stream_stop_one_404: 'gone',
  conference_get_200_failed_while_live: 'PROVIDER_REFUSED',
  conference_get_404: 'gone',
};

describe('REST responses of the samples', () => {
  it.each(samplesOf('rest-response').map(({ name }) => name))('are classified: %s', async (name) => {
    const { host, rest } = client();
    host.respond('POST', `${BASE}/anything`, { ...reply(name) });
    const result = await rest.request('POST', '/anything', signal).then(
      (response) => (isGone(response) ? 'gone' : 'success'),
      (error: { code: string }) => error.code,
    );
    expect(result).toBe(RESPONSES[name] ?? 'success');
  });

  it.each<[string, Request, unknown]>([
    ['call_make_201', (api) => api.makeCall({}, signal), CALL],
    ['call_make_200_doc', (api) => api.makeCall({}, signal), CALL],
    [
      'call_list_live_200',
      (api) => api.listLiveCalls(signal),
      [CALL, '7a1c5e80-3d2f-4b96-8c47-f09b2d6e1a35'],
    ],
    ['call_list_live_empty_200', (api) => api.listLiveCalls(signal), []],
    ['call_get_live_404', (api) => api.getLiveCall(CALL, signal), undefined],
    ['call_hangup_204', (api) => api.hangUp(CALL, signal), 'done'],
    ['call_get_live_404', (api) => api.hangUp(CALL, signal), 'gone'],
    ['stream_start_202', REQUESTS['stream_start_one_way']!, STREAM],
    ['call_get_live_404', REQUESTS['stream_start_one_way']!, undefined],
    ['conference_member_mute_202', REQUESTS['conference_member_mute']!, 'done'],
    ['conference_member_unmute_204', REQUESTS['conference_member_unmute']!, 'done'],
    ['conference_get_404', REQUESTS['conference_member_mute']!, 'gone'],
  ])('are decoded: %s', async (name, request, expected) => {
    const { host, api } = client();
    for (const method of ['GET', 'POST', 'DELETE']) host.respond(method, /./, { ...reply(name) });
    expect(await request(api)).toEqual(expected);
  });

  it('contain the record of a past call, unless the call is unknown', async () => {
    const { host, api } = client();
    host.respond('GET', /cdr/, { ...reply('cdr_get_200') });
    expect(await api.getCdr(CALL, signal)).toMatchObject({ uuid: CALL });
    host.respond('GET', /cdr/, { status: 404, json: { error: 'not found' } });
    expect(await api.getCdr(CALL, signal)).toBeUndefined();
  });

  it('are requested with an encoded room name', async () => {
    const { host, api } = client();
    host.respond('POST', /Conference/, { ...reply('conference_member_mute_202') });
    await api.muteMember({ ...member, room: 'desk 42' }, signal);
    expect(host.requests[0]?.url.pathname).toContain('/Conference/desk%2042/');
  });
});
