import { describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import type { DeepgramBehaviour } from '../../../src/index.ts';
import { connect, createDeepgram, rejection } from '../../support/deepgram.ts';
import type { DeepgramClient, Message } from '../../support/deepgram.ts';
import { joined, silence, spoken } from '../../support/spoken.ts';

const FLUX = 'model=flux-general-en&encoding=linear16&sample_rate=8000';
const MULTI = FLUX.replace('-en', '-multi');
const HELLO = 'Hello, how can I help?';
const CLOSE = 'When do you close?';

async function open(
  context: Pick<TestContext, 'onTestFinished'>,
  query = FLUX,
  behaviour: Partial<DeepgramBehaviour> = {},
): Promise<DeepgramClient> {
  const simulator = await createDeepgram(context, behaviour);
  const headers = { authorization: `Token ${simulator.deepgram.apiKey}` };
  return connect(simulator, query, headers, [], '/v2/listen');
}

/** Sends audio and closes the stream. Returns the messages. */
async function transcribe(
  client: DeepgramClient,
  ...parts: readonly Int16Array[]
): Promise<readonly Message[]> {
  client.send(joined(...parts));
  client.sendJson({ type: 'CloseStream' });
  expect(await client.closed).toEqual({ code: 1000, reason: '' });
  return client.messages;
}

const turnsIn = (messages: readonly Message[]) => messages.filter(({ type }) => type === 'TurnInfo');
const endsIn = (messages: readonly Message[]) => messages.filter(({ event }) => event === 'EndOfTurn');
/** Returns the events in order, without consecutive repetitions. */
const eventsIn = (messages: readonly Message[]) =>
  turnsIn(messages)
    .map(({ event }) => event)
    .filter((event, index, events) => event !== events[index - 1]);

describe.concurrent('a socket of /v2/listen', () => {
  it('sends turns: their whole text with each message, in windows that follow each other', async (context) => {
    const client = await open(context);
    const messages = await transcribe(
      client,
      silence(600),
      spoken(HELLO),
      silence(1_500),
      spoken(CLOSE),
      silence(1_500),
    );
    expect(messages[0]).toEqual({ type: 'Connected', request_id: client.requestId, sequence_id: 0 });
    expect(messages.map((message) => message['sequence_id'])).toEqual(messages.map((_, index) => index));
    expect(
      endsIn(messages).map(({ transcript, turn_index: index, trigger }) => [index, transcript, trigger]),
    ).toEqual([
      [0, HELLO, 'model'],
      [1, CLOSE, 'model'],
    ]);
    const [first, second] = endsIn(messages);
    expect([first?.['audio_window_start'], second?.['audio_window_start']]).toEqual([
      0,
      first?.['audio_window_end'],
    ]);
    expect(eventsIn(messages)).toEqual([
      'Update',
      'StartOfTurn',
      'Update',
      'EndOfTurn',
      'Update',
      'StartOfTurn',
      'Update',
      'EndOfTurn',
      'Update',
    ]);
    for (const { event, transcript } of turnsIn(messages)) {
      if (event === 'StartOfTurn') expect(transcript).not.toBe('');
    }
  });

  it('sends eager ends, and resumes the turn if the speaker continues', async (context) => {
    const query = `${FLUX}&eot_threshold=0.9&eager_eot_threshold=0.4`;
    const messages = await transcribe(
      await open(context, query),
      spoken(HELLO),
      silence(500),
      spoken(CLOSE),
      silence(2_000),
    );
    expect(eventsIn(messages).filter((event) => event !== 'Update')).toEqual([
      'StartOfTurn',
      'EagerEndOfTurn',
      'TurnResumed',
      'EagerEndOfTurn',
      'EndOfTurn',
    ]);
    expect(endsIn(messages)[0]?.['transcript']).toBe(`${HELLO} ${CLOSE}`);
  });

  it('ends a turn by its timeout, on request, and at the end', async (context) => {
    const client = await open(context, `${FLUX}&eot_threshold=1&eot_timeout_ms=1000`);
    client.send(joined(spoken(HELLO), silence(1_500), spoken(CLOSE)));
    client.sendJson({ type: 'ForceEndTurn' });
    client.sendJson({ type: 'ForceEndTurn' });
    const messages = await transcribe(client, spoken(HELLO));
    expect(endsIn(messages).map(({ trigger }) => trigger)).toEqual(['timeout', 'manual', 'manual']);
    expect(messages.filter(({ type }) => type === 'Warning')).toMatchObject([
      { code: 'FORCE_END_TURN_NO_ACTIVE_TURN' },
    ]);
  });

  it('leaves out what the behaviour says', async (context) => {
    const client = await open(context, MULTI + '&language_hint=en&language_hint=hi', {
      turnStarts: false,
      turnWordTimes: false,
      turnEndsAtClose: false,
    });
    const messages = await transcribe(client, spoken(HELLO));
    expect(eventsIn(messages)).toEqual(['Update']);
    const last = turnsIn(messages).at(-1);
    expect(last).toMatchObject({ transcript: HELLO, languages: ['en'], languages_hinted: ['en', 'hi'] });
    expect(Object.keys((last!['words'] as object[])[0]!)).toEqual(['word', 'confidence']);
  });

  it('changes its settings, unless they are invalid', async (context) => {
    const client = await open(context);
    client.sendJson({ type: 'Configure', thresholds: { eot_threshold: 0.8 }, keyterms: ['Roma'] });
    client.sendJson({ type: 'Configure', thresholds: { eager_eot_threshold: 0.85 } });
    const messages = await transcribe(client, silence(100));
    expect(messages.filter(({ type }) => String(type).startsWith('Configure'))).toMatchObject([
      {
        type: 'ConfigureSuccess',
        thresholds: { eot_threshold: 0.8, eot_timeout_ms: 5000 },
        keyterms: ['Roma'],
      },
      { type: 'ConfigureFailure', code: 'INVALID_THRESHOLD' },
    ]);
  });

  it.for([['KeepAlive'], ['Finalize'], ['nonsense']])(
    'fails after %s, which does not exist',
    async ([type], context) => {
      const client = await open(context);
      client.sendJson({ type });
      expect((await client.closed).code).toBe(1011);
      expect(client.messages.at(-1)).toMatchObject({
        type: 'Error',
        code: 'UNPARSABLE_CLIENT_MESSAGE',
        sequence_id: 1,
      });
    },
  );
});

describe.concurrent('the upgrade to /v2/listen', () => {
  it.for([
    ['a Nova model', FLUX.replace('flux-general-en', 'nova-3')],
    ['a parameter of v1', `${FLUX}&interim_results=true`],
    ['a language', `${FLUX}&language=en`],
    ['two channels', `${FLUX}&channels=2`],
    ['another sample rate', FLUX.replace('8000', '11025')],
    ['a hint for the English model', `${FLUX}&language_hint=en`],
    ['a threshold out of range', `${FLUX}&eot_threshold=0.2`],
    ['an eager threshold above the other one', `${FLUX}&eager_eot_threshold=0.8`],
    ['a timeout out of range', `${FLUX}&eot_timeout_ms=100`],
    ['an unknown redaction', `${FLUX}&redact=pci`],
  ])('is rejected with %s', async ([, query], context) => {
    const simulator = await createDeepgram(context);
    const rejected = await rejection(simulator, { path: '/v2/listen', query: String(query) });
    expect(rejected.status).toBe(400);
    expect(JSON.parse(rejected.body)).toEqual({ code: 'INVALID_PARAMETER', description: expect.any(String) });
  });

  it('is rejected without a key', async (context) => {
    const simulator = await createDeepgram(context);
    expect(await rejection(simulator, { path: '/v2/listen', query: FLUX, key: 'Token wrong' })).toMatchObject(
      {
        status: 401,
      },
    );
  });
});
