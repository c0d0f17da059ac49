import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../src/command-line.ts';

describe('the command line', () => {
  it('defaults to loopback and a free port', () => {
    expect(parseCommandLine([])).toEqual({
      exitWithStdin: false,
      options: {
        host: '127.0.0.1',
        port: 0,
        calls: 0,
        targets: {},
        vapi: {
          apiKey: 'demo-vapi-key',
          publicKey: 'demo-vapi-public-key',
          history: { count: 0 },
        },
        vobiz: { authId: 'MA_DEMO', authToken: 'demo-vobiz-token' },
        deepgram: { apiKey: 'demo-deepgram-key' },
      },
    });
  });

  it('maps every flag to an option', () => {
    const flags = {
      host: '::1',
      port: '4001',
      calls: '2',
      'vapi-webhook': 'http://a/',
      'vapi-webhook-secret': 's',
      'vapi-api-key': 'k',
      'vapi-public-key': 'p',
      'vapi-history': '7',
      'vobiz-answer': 'http://b/',
      'vobiz-hangup': 'http://c/',
      'vobiz-auth-id': 'MA_X',
      'vobiz-auth-token': 't',
      'deepgram-api-key': 'd',
    };
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    expect(parseCommandLine([...args, '--exit-with-stdin'])).toEqual({
      exitWithStdin: true,
      options: {
        host: '::1',
        port: 4_001,
        calls: 2,
        targets: {
          vapiWebhook: 'http://a/',
          vapiWebhookSecret: 's',
          vobizAnswer: 'http://b/',
          vobizHangup: 'http://c/',
        },
        vapi: { apiKey: 'k', publicKey: 'p', history: { count: 7 } },
        vobiz: { authId: 'MA_X', authToken: 't' },
        deepgram: { apiKey: 'd' },
      },
    });
  });

  it('signs the webhooks of Vobiz if a key is given', () => {
    expect(parseCommandLine(['--vobiz-sign', 'k']).options.vobiz).toMatchObject({
      signingToken: 'k',
      behaviour: { signature: 'both' },
    });
  });

  it.each([
    [['--port', 'x'], '--port: expected a whole number from 0 to 65535'],
    [['--port', '65536'], '--port: expected'],
    [['--calls', '-1'], '--calls'],
    [['--calls', '101'], '--calls: expected a whole number from 0 to 100'],
    [['--vapi-webhook', 'localhost:4000'], '--vapi-webhook: expected an http URL'],
    [['--vobiz-answer', 'http://'], '--vobiz-answer: expected a URL'],
    [['--loud'], '--loud'],
    [['call'], 'call'],
  ])('rejects %j with a message', (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(message);
  });
});
