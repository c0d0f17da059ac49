import { NEVER, connectionFailure, createIngressRequest } from '@sidetone/testkit';
import { describe, expect, it } from 'vitest';
import { MAX_ANSWER_BYTES } from '../src/answer/xml-merge.ts';
import { NOTIFY_TIMEOUT_MS } from '../src/answer/application-client.ts';
import { start, type Harness } from './harness.ts';
import { CALL, form } from './samples.ts';

const APP = 'https://app.example.net/answer?tenant=7';
const DOCUMENT = '<?xml version="1.0"?>\n<Response>\n  <Speak>Hi &amp; hello</Speak>\n</Response>\n';
const inbound = form('answer_inbound_national_number');
const outbound = form('answer_outbound');
const FORK =
  /<Stream bidirectional="false" audioTrack="both" [^>]*>wss:[^<]*\/stream\/fake-token-1<\/Stream>/;
const FALLBACK = { say: 'Please hold.', dial: '+918000000001' };

const startXml = (options: object = {}): Promise<Harness> =>
  start({ answer: { mode: 'xml', url: APP, fallback: FALLBACK, ...options } });

const bodyOf = async (answered: ReturnType<Harness['post']>): Promise<string> =>
  String((await answered).body);

describe('the application', () => {
  it('receives all fields, and its XML is used unchanged with the fork', async () => {
    const { host, post } = await startXml();
    host.respond('POST', APP, { text: DOCUMENT });
    const { status, headers, body } = await post('answer', inbound);
    expect(status).toBe(200);
    expect(headers?.['content-type']).toMatch(/^application\/xml/);
    expect(body).toMatch(FORK);
    expect(String(body).replace(FORK, '')).toBe(DOCUMENT);
    expect(host.requests).toHaveLength(1);
    const [request] = host.requests;
    expect(request).toMatchObject({ redirect: 'manual' });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': expect.stringMatching(/^sidetone\//) as string,
    });
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual(inbound);
    expect(host.eventsOf('call.started')).toMatchObject([{ providerCallId: CALL, status: 'RINGING' }]);
    expect(host.eventsOf('notice')).toEqual([]);
    host.verify();
  });

  it('receives GET requests with the query of its own URL', async () => {
    const { host, provider } = await startXml({ method: 'GET' });
    host.respond('GET', /^https:\/\/app.example.net\/answer\?/, { text: DOCUMENT });
    const request = createIngressRequest({ method: 'GET', path: 'answer', query: inbound });
    expect((await provider.ingress!.request!(request)).body).toMatch(FORK);
    const { url, body } = host.requests[0]!;
    expect(Object.fromEntries(url.searchParams)).toEqual({ tenant: '7', ...inbound });
    expect(body).toBe('');
  });

  it('receives a repeated request, because the response may have been lost', async () => {
    const { host, post } = await startXml();
    host.respond('POST', APP, { text: DOCUMENT });
    const first = await bodyOf(post('answer', inbound));
    expect(await bodyOf(post('answer', inbound))).toBe(first);
    expect(host.requests).toHaveLength(2);
  });

  it('may respond with any 2xx and any content type', async () => {
    const { host, post } = await startXml();
    host.respond('POST', APP, { status: 201, headers: { 'content-type': 'text/html' }, text: DOCUMENT });
    expect(await bodyOf(post('answer', inbound))).toContain('Hi &amp; hello');
  });

  it('may reject a call, which is then not answered for a fork', async () => {
    const { host, post } = await startXml();
    const busy = '<Response><Hangup reason="busy"/></Response>';
    host.respond('POST', APP, { text: busy });
    expect(await bodyOf(post('answer', inbound))).toBe(busy);
  });

  it('is reported once if its XML ends with a stream that does not hold the call', async () => {
    const { host, post } = await startXml();
    // The first example of Vobiz's page about streams.
    const xml = '<Response><Stream>wss://app.example.net/audio</Stream></Response>';
    host.respond('POST', APP, { text: xml });
    expect(await bodyOf(post('answer', inbound))).toContain('<Stream>wss://app.example.net/audio</Stream>');
    expect(host.eventsOf('notice')).toMatchObject([
      { code: 'VOBIZ_XML_ENDS_CALL', dedupeKey: 'VOBIZ_XML_ENDS_CALL' },
    ]);
  });

  it('may delay the answer; the fork starts with it, or at once for an answered call', async () => {
    const { host, post } = await startXml();
    host.respond('POST', APP, { text: '<Response><Wait length="5"/><Dial>1</Dial></Response>' });
    expect(await bodyOf(post('answer', inbound))).toMatch(/^<Response><Wait length="5"\/><Stream/);
    expect(await bodyOf(post('answer', outbound))).toMatch(/^<Response><Stream/);
  });
});

describe('the fallback', () => {
  it.each<[string, Parameters<Harness['host']['respond']>[2]]>([
    ['responds with 500', { status: 500, text: DOCUMENT }],
    ['responds with 404', { status: 404, text: DOCUMENT }],
    ['redirects', { status: 302, headers: { location: 'https://elsewhere.example.net' } }],
    ['responds with an empty body', { text: '' }],
    ['responds with text that is not XML', { text: 'Hello?' }],
    [
      'does not escape an ampersand',
      { text: '<Response><Play>https://a.example/?b=1&c=2</Play></Response>' },
    ],
    [
      'responds with too many bytes',
      { text: `<Response><Play>${'x'.repeat(MAX_ANSWER_BYTES)}</Play></Response>` },
    ],
    [
      'disconnects',
      () => {
        throw connectionFailure('ECONNRESET');
      },
    ],
  ])('is used with a notice if the application %s', async (_what, reply) => {
    const { host, post } = await startXml();
    host.respond('POST', APP, reply);
    const xml = await bodyOf(post('answer', inbound));
    expect(xml).toMatch(FORK);
    expect(xml).toMatch(
      /<\/Stream><Speak [^>]*>Please hold.<\/Speak><Dial [^>]*><Number>\+918000000001<\/Number>/,
    );
    expect(host.eventsOf('notice')).toMatchObject([
      { code: 'VOBIZ_APPLICATION_FAILED', dedupeKey: 'VOBIZ_APPLICATION_FAILED' },
    ]);
    expect(host.logText()).not.toMatch(/tenant|\+?91\d{10}/);
    host.verify();
  });

  it('is used when the application times out', async () => {
    const { host, post } = await startXml({ timeoutMs: 300 });
    host.respond('POST', APP, NEVER);
    const answered = post('answer', inbound);
    let isDone = false;
    void answered.then(() => (isDone = true));
    await host.clock.advance(299);
    expect(isDone).toBe(false);
    await host.clock.advance(1);
    expect(await bodyOf(answered)).toContain('Please hold.');
    expect(host.clock.pending).toBe(0);
  });

  it('ends the call if none is configured', async () => {
    const { host, post } = await startXml({ fallback: undefined });
    host.respond('POST', APP, { status: 500 });
    expect(await bodyOf(post('answer', inbound))).toContain('<Response><Hangup></Hangup></Response>');
  });

  it('is not used by an instance that stops', async () => {
    const { host, provider, post } = await startXml();
    host.respond('POST', APP, NEVER);
    const answered = post('answer', inbound);
    await host.clock.settle();
    await provider.stop(new AbortController().signal);
    await expect(answered).rejects.toMatchObject({ kind: 'provider' });
  });
});

describe('the end of a call', () => {
  const hangup = form('hangup_normal_caller');

  it.each(['answer', 'hangup'])('is sent to the application once, from either URL: %s', async (path) => {
    const { host, post } = await startXml();
    host.respond('POST', APP, { text: '' });
    await post(path, hangup);
    await post('hangup', hangup);
    await host.clock.settle();
    expect(host.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))).toEqual([hangup]);
    expect(host.eventsOf('call.ended')).toHaveLength(2);
  });

  it('is accepted at once while the application is slow', async () => {
    const { host, post } = await startXml();
    host.respond('POST', APP, NEVER);
    expect(await post('answer', { ...hangup, TotalCost: '0.9' })).toMatchObject({ status: 200 });
    expect(host.clock.pending).toBe(1);
    await host.clock.advance(NOTIFY_TIMEOUT_MS);
    expect(host.clock.pending).toBe(0);
  });

  it('is the last request to the application', async () => {
    const { host, post } = await startXml();
    host.respond('POST', APP, { text: DOCUMENT });
    await post('hangup', hangup);
    expect(await bodyOf(post('answer', inbound))).toContain('<Response></Response>');
    await host.clock.settle();
    expect(host.requests).toHaveLength(1);
  });
});

it('does not send other webhooks to the application', async () => {
  const { host, post } = await startXml();
  for (const name of ['ring', 'machine_detection', 'dial_hangup']) {
    expect(await bodyOf(post('answer', form(name)))).toContain('<Response></Response>');
  }
  expect(host.requests).toEqual([]);
});
