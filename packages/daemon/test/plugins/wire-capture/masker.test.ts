/** What a captured request keeps, and what an author of a plugin must not publish. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_MASKED_TOKENS } from '../../../src/plugins/wire-capture/masking/secret-masks.ts';
import { Masker } from '../../../src/plugins/wire-capture/masking/masker.ts';

const SECRET = 'sk_live/9+Qz"7&x';
const PUBLIC_URL = new URL('https://voice.acme.test/sidetone/providers/bell/');
const masker = (secrets: readonly string[] = [SECRET]) => new Masker({ secrets, publicUrl: PUBLIC_URL });
const FORM = 'application/x-www-form-urlencoded';

/** No six digits of it in a row may be left. */
const NUMBER = '+919845012345';
const LEAK = /845012|450123|501234|012345/;

describe('a telephone number is replaced', () => {
  test.each([
    ['a field of JSON', JSON.stringify({ customer: { number: NUMBER } }), ''],
    ['a number of JSON, without plus', '{"From": 919845012345, "To":"1098"}', ''],
    [
      'JSON in JSON in JSON',
      JSON.stringify({ a: JSON.stringify({ args: JSON.stringify({ phone: NUMBER }) }) }),
      '',
    ],
    ['an escape of JSON', String.raw`{"x":"\u002b919845012345"}`, ''],
    ['a name of a field', JSON.stringify({ [NUMBER]: 1 }), ''],
    ['a form', 'From=%2B919845012345&To=919845012345&CallUUID=x', FORM],
    ['a form with JSON', `payload=${encodeURIComponent(JSON.stringify({ ani: '9845012345' }))}`, FORM],
    ['a query in JSON', JSON.stringify({ url: 'https://api.test/x?From=919845012345&a=b' }), ''],
    ['a query with an encoded plus', 'https://api.test/numbers/%2B919845012345/calls', ''],
    ['a path', 'https://api.test/numbers/919845012345/calls', ''],
    ['a SIP address', 'sip:919845012345@pbx.test;transport=udp', ''],
    ['a SIP header', '"Ana Rao" <sip:+919845012345@10.0.0.9>;tag=7', ''],
    ['a tel address', JSON.stringify({ target: 'tel:+91-98450-12345' }), ''],
    ['brackets and dashes', JSON.stringify({ x: 'call (98450) 12-345 or +91 (98450) 12.345' }), ''],
    ['the international prefix', JSON.stringify({ x: '00919845012345' }), ''],
    ['XML', '<Response><Dial callerId="919845012345"><Number>09845012345</Number></Dial></Response>', ''],
    [
      'a multipart body',
      '--b\r\nContent-Disposition: form-data; name="From"\r\n\r\n9845012345\r\n--b--',
      'multipart/form-data; boundary=b',
    ],
    ['a sentence', JSON.stringify({ note: 'please ring 98450 12345' }), ''],
    ['malformed JSON', '{"from": "919845012345", "x": ', ''],
    ['a text', `caller=${NUMBER} answered`, 'text/plain'],
  ])('in %s', (_where, text, type) => {
    const masked = masker().text(text, type);
    expect(decodeURIComponent(masked)).not.toMatch(LEAK);
    expect(masked.replaceAll(/[ ().-]/g, '')).toContain('555');
  });

  test('always by the same number, in any notation', () => {
    const it = masker();
    const values = ['+919845012345', '919845012345', '09845012345', '98450 12345', '+91-98450-12345'];
    const masked = values.map(
      (from) => (JSON.parse(it.text(JSON.stringify({ from }))) as { from: string }).from,
    );
    expect(masked).toEqual([
      '+919845550001',
      '919845550001',
      '09845550001',
      '98455 50001',
      '+91-98455-50001',
    ]);
    expect(it.text('{"From":919845012345}')).toBe('{"From":919845550001}');
    expect(it.text('{"from":"+919845012346"}')).toBe('{"from":"+919845550002"}');
    expect(it.text('{"from":"+449845012345"}')).toBe('{"from":"+449845550001"}');
  });

  test('and other texts stay', () => {
    const kept = [
      {
        timestamp: '1790000000123',
        at: 1790000000123,
        startedAt: '2026-01-05T09:00:04.123Z',
        on: '2026-01-05 09:00:04',
      },
      {
        id: '7b1f0c3e-12d4-4a55-8f34-919845012345',
        callSid: 'CA12345678901234567890123456789012',
        to: '1098',
      },
      {
        chunk: 12345678901,
        sequenceNumber: '12345678901',
        ip: '192.168.100.200',
        cost: 0.00123456789,
        version: '1.20.300',
      },
      { durationMs: 12345678, digits: '5', extension: '4411' },
    ];
    for (const each of kept) expect(masker().text(JSON.stringify(each))).toBe(JSON.stringify(each));
    expect(masker().text('{ "a" : 1.50,\n "n": 12345678901234567890 }')).toBe(
      '{ "a" : 1.50,\n "n": 12345678901234567890 }',
    );
  });

  test('and a call id that looks like one is the same everywhere', () => {
    const it = masker();
    expect(it.text('{"call_id":"4512345678901"}')).toBe('{"call_id":"4512345678901"}');
    expect(it.text('https://api.test/calls/4512345678901')).toBe('https://api.test/calls/4512345678901');
    const other = masker();
    const [path, field] = [
      other.text('https://api.test/calls/4512345678901'),
      other.text('{"call_id":"4512345678901"}'),
    ];
    expect(path.split('/').at(-1)).toBe((JSON.parse(field) as Record<string, string>)['call_id']);
  });
});

describe('a secret is replaced', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  test.each([
    ['as it is', `token is ${SECRET}.`],
    ['in JSON', JSON.stringify({ a: { b: SECRET } })],
    ['in JSON in JSON', JSON.stringify({ a: JSON.stringify({ b: SECRET }) })],
    ['percent-encoded', `https://x.test/?q=${encodeURIComponent(SECRET)}`],
    ['percent-encoded twice', `https://x.test/?q=${encodeURIComponent(encodeURIComponent(SECRET))}`],
    [
      'percent-encoded in lower case',
      `https://x.test/?q=${encodeURIComponent(SECRET).replaceAll(/%\w\w/g, (each) => each.toLowerCase())}`,
    ],
    [
      'percent-encoded more than necessary',
      [...Buffer.from(SECRET)].map((byte) => `%${byte.toString(16)}`).join(''),
    ],
    ['in base64', base64(SECRET)],
    ['in base64 after one byte', base64(`a${SECRET}`)],
    ['in base64 after two bytes', base64(`ab${SECRET}zz`)],
    ['in base64 for URLs', Buffer.from(`ab${SECRET}`).toString('base64url')],
    ['in hexadecimal digits', Buffer.from(SECRET).toString('hex')],
    ['in large hexadecimal digits', Buffer.from(SECRET).toString('hex').toUpperCase()],
    ['in XML', `<Say>${SECRET.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}</Say>`],
    ['as the name of a field', JSON.stringify({ [SECRET]: 1 })],
  ])('%s', (_how, text) => {
    const masked = masker().text(text);
    const all = [
      masked,
      decodeURIComponent(decodeURIComponent(masked)),
      Buffer.from(masked, 'base64').toString('latin1'),
      Buffer.from(masked, 'hex').toString('latin1'),
    ];
    for (const each of all) expect(each).not.toMatch(/live|9\+Qz/);
    expect(all.some((each) => each.includes('masked-secret-1')) || _how === 'in XML').toBe(true);
  });

  test('in the body of a form', () => {
    expect(masker().text(`a=${encodeURIComponent(SECRET)}&b=1`, FORM)).toBe('a=masked-secret-1&b=1');
  });

  test('in basic authentication, so that the same credentials have the same replacement', () => {
    const it = masker(['pass-word-1']);
    const { authorization } = it.headers({ authorization: `Basic ${base64('AC1:pass-word-1')}` });
    expect(Buffer.from(authorization!.replace('Basic ', ''), 'base64').toString()).toBe(
      'masked-credential-1:masked-secret-1',
    );
  });

  test('if it contains another one, as a whole', () => {
    const it = masker(['abcd', 'abcd-efgh']);
    expect(it.text('x abcd-efgh abcd')).toBe('lorem masked-secret-2 masked-secret-1');
  });
});

describe('tokens of the plugin', () => {
  test('are replaced wherever they are', () => {
    const it = masker();
    expect(it.secrets.add('T0kenOfTheHost', 'token')).toBe('masked-token-1');
    expect(it.address('stream/T0kenOfTheHost/inbound')).toBe('stream/masked-token-1/inbound');
  });

  test('are forgotten when there are too many', () => {
    const it = masker();
    for (let i = 0; i <= MAX_MASKED_TOKENS; i++) it.secrets.add(`token-of-the-host-${i}.`, 'token');
    expect(it.address('token-of-the-host-0.')).toBe('token-of-the-host-0.');
    expect(it.address('token-of-the-host-1.')).toBe('masked-token-2');
    expect(it.address(SECRET)).toBe('masked-secret-1');
  });
});

test('any JSON keeps its structure, and contains no secret', () => {
  const secret = 'S3cret-of-the-API';
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      secret,
      `x ${secret}`,
      encodeURIComponent(secret),
      NUMBER,
      '{"a":1}',
      '<a b="c">',
      'a=b&c=d',
    ),
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom('from', 'text', 'token', 'id', 'name', 'x'), tie('any')),
    ),
  })).any;
  const shapeOf = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(shapeOf);
    if (typeof each !== 'object' || each === null) return typeof each;
    return Object.fromEntries(Object.entries(each).map(([name, part]) => [name, shapeOf(part)]));
  };
  fc.assert(
    fc.property(fc.array(value, { maxLength: 5 }), (values) => {
      const masked = masker([secret]).text(JSON.stringify(values));
      expect(shapeOf(JSON.parse(masked))).toEqual(shapeOf(values));
      expect(masked).not.toContain(secret);
    }),
    { numRuns: 200 },
  );
});

describe('an unknown credential is replaced', () => {
  test.each([
    ['authorization', 'Bearer abc.def-123'],
    ['Authorization', 'abc.def-123'],
    ['cookie', 'sid=abc.def-123; theme=dark'],
    ['set-cookie', 'sid=abc.def-123; Path=/'],
    ['x-api-key', 'abc.def-123'],
    ['x-bell-secret', 'abc.def-123'],
    ['x-bell-signature', 'abc.def-123'],
    ['x-twilio-signature', 'abc.def-123='],
  ])('in the header %s', (name, value) => {
    expect(JSON.stringify(masker().headers({ [name]: value }))).not.toContain('abc.def');
  });

  test.each([
    ['a query', 'https://x.test/a?X-Amz-Signature=abcdef123456&b=1&token=abcdef123456'],
    ['a URL', 'wss://ana:abcdef123456@x.test/a'],
    ['a field', JSON.stringify({ auth: { access_token: 'abcdef123456', apiKey: 'abcdef123456' } })],
    ['a field of a form', 'client_secret=abcdef123456'],
    ['a token with a signature', 'eyJhbGciOiJIUzI1.eyJzdWIiOiJhbmEi.abcdef123456'],
  ])('in %s', (_where, text) => {
    expect(masker().text(text, text.startsWith('client') ? FORM : '')).not.toContain('abcdef123456');
  });

  test('also where it appears again', () => {
    const it = masker();
    it.headers({ authorization: 'Bearer abcdef123456' });
    expect(it.text('{"x":"abcdef123456"}')).toBe('{"x":"masked-credential-1"}');
  });

  test('addresses of machines and of the connection are omitted', () => {
    expect(masker().headers({ host: 'x', 'x-forwarded-for': '203.0.113.9', 'x-call-id': 'b-17' })).toEqual({
      'x-call-id': 'b-17',
    });
  });
});

describe('personal texts', () => {
  test('are replaced word by word, so that equal texts stay equal', () => {
    const it = masker();
    const [said, again] = [
      { transcript: 'I am Ana Rao, yes.' },
      { messages: [{ content: 'i am ana rao' }] },
    ].map((each) => it.text(JSON.stringify(each)));
    expect(said).toBe('{"transcript":"Lorem ipsum Dolor Sit, amet."}');
    expect(again).toBe('{"messages":[{"content":"lorem ipsum dolor sit"}]}');
  });

  test('keep the labels of speakers', () => {
    expect(masker().text(JSON.stringify({ transcript: 'AI: Hello\nUser: Ana here\n' }))).toBe(
      '{"transcript":"AI: Lorem\\nUser: Ipsum dolor\\n"}',
    );
  });

  test.each([
    ['names', { customer: { name: 'Zarathustra' }, callerName: 'Zarathustra', 'First-Name': 'Zarathustra' }],
    ['prose in an unknown field', { remark: 'wants a refund for Zarathustra' }],
    ['e-mail addresses', { x: 'zarathustra@x.test', y: 'mailto:zarathustra%40x.test' }],
    ['users of SIP addresses', { x: 'sip:zarathustra@x.test', y: 'Zarathustra <sip:12@x.test>' }],
    ['text of any script', { content: 'ज़रथुस्त्र Zarathustra 4511' }],
  ])('%s', (_what, value) => {
    const masked = masker().text(JSON.stringify(value));
    expect(masked).not.toMatch(/zarathustra|ज़रथुस्त्र|4511/i);
    expect(() => JSON.parse(masked) as unknown).not.toThrow();
  });

  test('what plugins branch on stays', () => {
    const kept = {
      type: 'status-update',
      status: 'in-progress',
      HangupCauseName: 'End Of XML Instructions',
      endedReason: 'customer ended the call',
      role: 'assistant',
      date: 'Mon, 30 Nov 2026 19:32:59 GMT',
      url: 'https://x.test/listen/7b1f0c3e-12d4-4a55-8f34-919845012345?a=b',
    };
    expect(masker().text(JSON.stringify(kept))).toBe(JSON.stringify(kept));
  });
});

describe('audio', () => {
  test('in base64 becomes silence of the same length', () => {
    const payload = Buffer.from(Array.from({ length: 160 }, (_, i) => i * 7)).toString('base64');
    const masked = JSON.parse(masker().text(JSON.stringify({ media: { payload } }))) as {
      media: { payload: string };
    };
    expect(Buffer.from(masked.media.payload, 'base64')).toEqual(Buffer.alloc(160));
  });

  test('in bytes becomes silence, and short bytes stay', () => {
    expect(masker().bytes(Uint8Array.from({ length: 320 }, (_, i) => i))).toEqual({ silence: 320 });
    expect(masker().bytes(Uint8Array.of(0, 255, 1))).toEqual({ base64: 'AP8B' });
    expect(masker().bytes(Buffer.from('{"from":"+919845012345"}'))).toEqual({
      text: '{"from":"+919845550001"}',
    });
  });
});

test('the public address becomes that of the test kit', () => {
  const it = masker();
  expect(it.text('wss://voice.acme.test/sidetone/providers/bell/audio/t1')).toBe(
    'wss://calls.example.com/providers/fake/audio/t1',
  );
  expect(it.text('x http://voice.acme.test/calls')).toBe('x https://calls.example.com/calls');
  expect(it.text('{"host":"voice.acme.test"}')).toBe('{"host":"calls.example.com"}');
});
