/** The Deepgram plugin, with the model of the service from its own tests. */
import { defineTranscriberSubject } from '@sidetone/testkit';
import plugin from '@sidetone/plugin-deepgram';
import { serveModel } from '../../../plugin-deepgram/test/model.ts';
import { body, upgradeOf } from '../../../plugin-deepgram/test/samples.ts';

const API_KEY = 'deepgram-key-0';

/** Returns the rejected upgrade of a sample. */
function refusal(name: string) {
  const { status, json, text } = upgradeOf(body(name)).response;
  return { status, body: json === undefined ? (text ?? '') : JSON.stringify(json) };
}

export const DEEPGRAM = defineTranscriberSubject(plugin, {
  options: { apiKey: API_KEY },
  secrets: [API_KEY],
  serve: (peer, { url }) =>
    serveModel(peer, {
      sampleRate: Number(url.searchParams.get('sample_rate')),
      channels: Number(url.searchParams.get('channels')),
    }),
  api: ({ url }) => (url.pathname === '/v1/auth/token' ? { json: {} } : undefined),
  refusal: refusal('refused_401_bad_key'),
  busy: refusal('refused_503_plain_text'),
});
