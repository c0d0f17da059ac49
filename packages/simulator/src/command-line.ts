import { parseArgs } from 'node:util';
import { DEMO_KEYS } from './simulator-contract.ts';
import type { SimulatorOptions } from './simulator-contract.ts';
import { MAX_PAST_CALLS } from './vapi/past-calls.ts';

/** The parsed command line. */
export interface CommandLine {
  readonly options: SimulatorOptions;
  readonly exitWithStdin: boolean;
}

const MAX_CALLS = 100;

/** Parses the arguments. Throws an error whose message is shown to the user. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '0' },
      calls: { type: 'string', default: '0' },
      'vapi-webhook': { type: 'string' },
      'vapi-api-key': { type: 'string', default: DEMO_KEYS.vapiApiKey },
      'vapi-public-key': { type: 'string', default: DEMO_KEYS.vapiPublicKey },
      'vapi-history': { type: 'string', default: '0' },
      'vapi-webhook-secret': { type: 'string' },
      'deepgram-api-key': { type: 'string', default: DEMO_KEYS.deepgramApiKey },
      'vobiz-answer': { type: 'string' },
      'vobiz-hangup': { type: 'string' },
      'vobiz-auth-id': { type: 'string', default: DEMO_KEYS.vobizAuthId },
      'vobiz-auth-token': { type: 'string', default: DEMO_KEYS.vobizAuthToken },
      'vobiz-sign': { type: 'string' },
      'exit-with-stdin': { type: 'boolean', default: false },
    },
  });
  return {
    options: {
      host: values.host,
      port: wholeNumber('--port', values.port, 65_535),
      calls: wholeNumber('--calls', values.calls, MAX_CALLS),
      targets: {
        vapiWebhook: httpUrl('--vapi-webhook', values['vapi-webhook']),
        vapiWebhookSecret: values['vapi-webhook-secret'],
        vobizAnswer: httpUrl('--vobiz-answer', values['vobiz-answer']),
        vobizHangup: httpUrl('--vobiz-hangup', values['vobiz-hangup']),
      },
      vapi: {
        apiKey: values['vapi-api-key'],
        publicKey: values['vapi-public-key'],
        history: { count: wholeNumber('--vapi-history', values['vapi-history'], MAX_PAST_CALLS) },
      },
      vobiz: {
        authId: values['vobiz-auth-id'],
        authToken: values['vobiz-auth-token'],
        ...signing(values['vobiz-sign']),
      },
      deepgram: { apiKey: values['deepgram-api-key'] },
    },
    exitWithStdin: values['exit-with-stdin'],
  };
}

/** With a key, webhooks are signed in both documented ways. */
function signing(token: string | undefined): SimulatorOptions['vobiz'] {
  return token === undefined ? {} : { signingToken: token, behaviour: { signature: 'both' } };
}

function wholeNumber(flag: string, text: string, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > max)
    throw new RangeError(`${flag}: expected a whole number from 0 to ${max}`);
  return value;
}

function httpUrl(flag: string, text: string | undefined): string | undefined {
  if (text !== undefined && !/^https?:\/\//.test(text)) throw new RangeError(`${flag}: expected an http URL`);
  if (text !== undefined && !URL.canParse(text)) throw new RangeError(`${flag}: expected a URL`);
  return text;
}
