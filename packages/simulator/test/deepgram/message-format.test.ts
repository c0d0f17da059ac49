import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { encodeStereo } from '../../src/audio/pcm.ts';
import {
  connect,
  createDeepgram,
  isFinal,
  LISTEN,
  rejection,
  transcriptOf,
  TWO_CHANNELS,
} from '../support/deepgram.ts';
import type { Message } from '../support/deepgram.ts';
import { joined, silence, spoken } from '../support/spoken.ts';

/** Messages of Deepgram's documentation; each has its `source`. */
const DOCUMENTED = new Map(
  readFileSync(new URL('../fixtures/deepgram-messages.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; body: unknown })
    .map(({ name, body }) => [name, body]),
);

/** Returns the names of fields and the types of values; of a list, the shape of its first item. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, shapeOf(field)]));
}

const documented = (name: string): unknown => shapeOf(DOCUMENTED.get(name));

const HELLO = 'Hello, how can I help?';

async function conversation(context: TestContext, query: string): Promise<Message[]> {
  const simulator = await createDeepgram(context);
  const client = await connect(simulator, query);
  const channel = joined(silence(1_200), spoken(HELLO), silence(2_000));
  client.socket.send(encodeStereo(silence(1), silence(1)));
  client.socket.send(encodeStereo(channel, channel));
  client.sendJson({ type: 'Configure', features: { numerals: true } });
  client.sendJson({ type: 'Configure', keyterm: ['Asha'] });
  client.sendJson({ type: 'Configure', keyterms: ['Asha'] });
  client.sendJson({ type: 'CloseStream' });
  await client.closed;
  return client.messages;
}

describe('messages have the documented shape', () => {
  it('of two channels', async (context) => {
    const messages = await conversation(context, `${TWO_CHANNELS}&vad_events=true`);
    const results = messages.filter(({ type }) => type === 'Results');
    const spokenFinal = results.find((message) => isFinal(message) && transcriptOf(message) !== '');
    const spokenInterim = results.find((message) => !isFinal(message) && transcriptOf(message) !== '');
    const empty = results.find((message) => isFinal(message) && transcriptOf(message) === '');
    const first = (type: string): unknown => shapeOf(messages.find((message) => message['type'] === type));
    expect(shapeOf(spokenFinal)).toEqual(documented('final_and_speech_final'));
    expect(shapeOf(spokenInterim)).toEqual(documented('multichannel_agent_interim'));
    expect(shapeOf(empty)).toEqual(documented('final_empty_silence'));
    expect(first('UtteranceEnd')).toEqual(documented('utterance_end_channel_1_of_2'));
    expect(first('SpeechStarted')).toEqual(documented('speech_started'));
    expect(first('ConfigureSuccess')).toEqual(documented('configure_success_features_only'));
    expect(first('Error')).toEqual(documented('error_schema'));
    expect(Object.keys(messages.at(-1) ?? {})).toEqual(
      Object.keys(DOCUMENTED.get('metadata_full') as object),
    );
  });

  it('with languages, with an extra, and with an older model', async (context) => {
    const query = `${TWO_CHANNELS}&language=multi&extra=call:c7f1`.replace('nova-3', 'nova-2');
    const messages = await conversation(context, query);
    const [final] = messages.filter((message) => isFinal(message) && transcriptOf(message) !== '');
    expect(shapeOf(final?.['channel'])).toEqual(
      (documented('hindi_english_mixed_script') as { channel: unknown }).channel,
    );
    expect(Object.keys(final?.['metadata'] as object).toSorted()).toEqual(
      Object.keys((DOCUMENTED.get('extra_in_metadata') as { metadata: object }).metadata).toSorted(),
    );
    const error = messages.find(({ code }) => code === 'KeytermsNotSupported');
    expect(shapeOf(error)).toEqual(documented('error_keyterms_not_supported'));
  });

  it('without audio', async (context) => {
    const client = await connect(await createDeepgram(context));
    client.sendJson({ type: 'CloseStream' });
    await client.closed;
    expect(shapeOf(client.messages)).toEqual([documented('metadata_no_audio_channels_0')]);
  });

  it.for([
    ['refused_400_keywords_on_nova3', { query: `${LISTEN}&keywords=Meridian:2` }, 0, 'usual'],
    ['refused_401_bad_key', { key: 'Token wrong' }, 0, 'usual'],
    ['refused_402_no_credit', {}, 402, 'usual'],
    ['refused_429_concurrency', {}, 429, 'usual'],
    ['refused_400_other_body_shape', {}, 400, 'category'],
  ] as const)('%s', async ([name, request, status, shape], context) => {
    const simulator = await createDeepgram(context, {
      listenRefused: status === 0 ? 0 : 1,
      listenRefusalStatus: status === 0 ? 429 : status,
      listenRefusalShape: shape,
    });
    const rejected = await rejection(simulator, request);
    const expected = DOCUMENTED.get(name) as { status: number; headers: object; json: { err_code?: string } };
    expect(rejected.status).toBe(expected.status);
    expect(Object.keys(rejected.headers)).toEqual(expect.arrayContaining(Object.keys(expected.headers)));
    const body = JSON.parse(rejected.body) as { err_code?: string };
    expect(shapeOf(body)).toEqual(shapeOf(expected.json));
    expect(body.err_code).toBe(expected.json.err_code);
  });
});
