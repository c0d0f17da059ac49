import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  agentAnswer,
  EMPTY_ANSWER,
  escapeXml,
  HANGUP_ANSWER,
  tapAnswer,
} from '../../src/answer/answer-xml.ts';

const answer = {
  streamUrl: new URL('wss://calls.example.com/stream/t?a=1&b=2'),
  statusCallbackUrl: new URL('https://calls.example.com/stream-status'),
  contentType: 'audio/x-mulaw;rate=8000',
  isSplit: false,
} as const;
const dialling = { to: '+918000000001', callbackUrl: new URL('https://calls.example.com/events') } as const;

describe('answer XML', () => {
  it('forks both tracks one way and dials', () => {
    expect(tapAnswer(answer, dialling)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
        '<Response><Stream bidirectional="false" audioTrack="both" contentType="audio/x-mulaw;rate=8000"' +
        ' maxRetries="10" statusCallbackUrl="https://calls.example.com/stream-status"' +
        ' statusCallbackMethod="POST">wss://calls.example.com/stream/t?a=1&amp;b=2</Stream>' +
        '<Dial callbackUrl="https://calls.example.com/events" callbackMethod="POST"><Number>+918000000001</Number></Dial></Response>\n',
    );
  });

  it('dials a SIP address as a user with the given caller id', () => {
    const to = 'sip:desk@pbx.example.net';
    const xml = tapAnswer(answer, { ...dialling, to, callerId: '918000000009' });
    expect(xml).toMatch(/<Dial callerId="918000000009"[^>]*><User>sip:desk@pbx.example.net<\/User><\/Dial>/);
  });

  it('speaks before dialling and sends digits after the answer', () => {
    const speech = { text: 'One moment & you are through.', voice: 'MAN', language: 'en-IN' };
    const attributes = { timeout: '20' };
    const xml = tapAnswer(answer, { ...dialling, sendDigits: 'w42', attributes }, speech);
    expect(xml).toContain(
      '</Stream><Speak voice="MAN" language="en-IN">One moment &amp; you are through.</Speak><Dial timeout="20"',
    );
    expect(xml).toContain('<Number sendDigits="w42">+918000000001</Number>');
  });

  it('speaks without dialling', () => {
    const speech = { text: 'Please call later.', voice: 'MAN', language: 'en-IN' };
    expect(tapAnswer(answer, undefined, speech)).toMatch(
      /<\/Stream><Speak voice="MAN" language="en-IN">Please call later.<\/Speak><\/Response>\n$/,
    );
  });

  it('is empty, or hangs up', () => {
    expect(EMPTY_ANSWER).toContain('<Response></Response>');
    expect(HANGUP_ANSWER).toContain('<Response><Hangup></Hangup></Response>');
  });

  it('connects a two-way stream that holds the call, then redirects', () => {
    expect(agentAnswer(answer, new URL('https://calls.example.com/after-stream?a=1&b=2'))).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
        '<Response><Stream bidirectional="true" keepCallAlive="true" contentType="audio/x-mulaw;rate=8000"' +
        ' maxRetries="10" statusCallbackUrl="https://calls.example.com/stream-status"' +
        ' statusCallbackMethod="POST">wss://calls.example.com/stream/t?a=1&amp;b=2</Stream>' +
        '<Redirect method="POST">https://calls.example.com/after-stream?a=1&amp;b=2</Redirect></Response>\n',
    );
  });

  it('stays well-formed for any text', () => {
    expect(escapeXml(`a<b>&"c'\u0000\u001F\uFFFE\t`)).toBe('a&lt;b&gt;&amp;&quot;c&apos;\t');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (to) => {
        const content = /<Number>(.*)<\/Number>/s.exec(tapAnswer(answer, { ...dialling, to }))?.[1] ?? '';
        // oxlint-disable-next-line no-control-regex -- these characters are invalid in XML
        expect(content).not.toMatch(/[<>"'\u0000-\u0008\uFFFE\uFFFF]|&(?!(amp|lt|gt|quot|apos);)/);
      }),
    );
  });
});
