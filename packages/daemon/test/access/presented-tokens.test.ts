import { describe, expect, test } from 'vitest';
import { presentedTokens, type TokenSources } from '../../src/access/presented-tokens.ts';

const TOKEN = 'q9+Zk/3f8Lw0aXy7+bT5mQ==';
const BASIC = 'Basic cHJveHk6c2VjcmV0';

const finds = (sources: Partial<TokenSources>, token = TOKEN): boolean =>
  presentedTokens({ headers: {}, ...sources }).includes(token);

describe('a token in a URL', () => {
  test.each([
    ['as it was pasted', TOKEN],
    ['encoded', encodeURIComponent(TOKEN)],
    [
      'encoded in lower case',
      encodeURIComponent(TOKEN)
        .toLowerCase()
        .replace(/%../g, (code) => code.toLowerCase()),
    ],
    ['encoded in part', TOKEN.replaceAll('=', '%3D')],
    ['encoded by URLSearchParams', new URLSearchParams({ token: TOKEN }).toString().slice('token='.length)],
  ])('is found %s', (_how, text) => {
    const token = text.toLowerCase() === text ? TOKEN.toLowerCase() : TOKEN;
    expect(finds({ url: `/calls/call_1/listen?token=${text}` }, token)).toBe(true);
    expect(finds({ url: `/calls/call_1/listen?a=b&token=${text}&c=d` }, token)).toBe(true);
  });

  test.each([['a%zz%4'], ['100%2Bx'], ['with space'], ['a+b'], ['question?mark'], ['50%']])(
    'that contains special characters is found raw or encoded: %s',
    (token) => {
      if (!token.includes(' ')) expect(finds({ url: `/graphql?token=${token}` }, token)).toBe(true);
      expect(finds({ url: `/graphql?token=${encodeURIComponent(token)}` }, token)).toBe(true);
      expect(finds({ url: `/graphql?${new URLSearchParams({ token }).toString()}` }, token)).toBe(true);
    },
  );

  test.each(['/graphql', '/graphql?token=', '/graphql?nottoken=abc', '/token=abc', '/?x#token=abc'])(
    'is not found in %s',
    (url) => expect(presentedTokens({ headers: {}, url })).toEqual([]),
  );
});

describe('the Authorization header of a proxy', () => {
  test.each([BASIC, 'Digest username="x"', 'Negotiate abc', 'Bearer of.another.system', 'Token abc', ''])(
    'does not hide a token elsewhere: %s',
    (authorization) => {
      const headers = { authorization };
      expect(finds({ headers, url: `/graphql?token=${TOKEN}` })).toBe(true);
      expect(finds({ headers: { ...headers, 'x-access-token': TOKEN } })).toBe(true);
      expect(finds({ headers, payload: { authorization: `Bearer ${TOKEN}` } })).toBe(true);
    },
  );

  test('does not hide a second one', () => {
    const headersDistinct = { authorization: [BASIC, `Bearer ${TOKEN}`] };
    expect(finds({ headers: { authorization: BASIC }, headersDistinct })).toBe(true);
    expect(finds({ headers: { authorization: `${BASIC}, Bearer ${TOKEN}` } })).toBe(true);
  });

  test('is not a token itself', () => {
    expect(presentedTokens({ headers: { authorization: BASIC } })).toEqual([]);
  });
});

describe('connection_init', () => {
  test.each([
    { authorization: `Bearer ${TOKEN}` },
    { Authorization: `bearer ${TOKEN}` },
    { 'X-Access-Token': `Bearer ${TOKEN}` },
    { 'X-Access-Token': TOKEN },
  ])('may be %j', (payload) => expect(finds({ payload })).toBe(true));

  test('decides alone if it has a token', () => {
    const headers = { authorization: 'Bearer other', 'x-access-token': 'another' };
    expect(presentedTokens({ headers, payload: { authorization: 'Bearer mine' } })).toEqual(['mine', 'mine']);
  });

  test.each([{ authorization: BASIC }, { authorization: 5 }, { authorization: null }, {}])(
    'without a token leaves the decision to the headers: %j',
    (payload) => expect(finds({ payload, headers: { authorization: `Bearer ${TOKEN}` } })).toBe(true),
  );
});

test.each([TOKEN, ` ${TOKEN} `, `Bearer ${TOKEN}`])('x-access-token may be "%s"', (text) => {
  expect(finds({ headers: { 'x-access-token': text } })).toBe(true);
});
