import { expect, test } from 'vitest';
import { basicAuth, hasBasicAuth } from '../src/basic-auth.ts';

const request = (authorization?: string) => ({ headers: { authorization } });

test('is encoded as in RFC 7617', () => {
  expect(basicAuth('Aladdin', 'open sesame')).toBe('Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==');
  expect(basicAuth('test', '123£')).toBe('Basic dGVzdDoxMjPCow==');
});

test.each([
  [basicAuth('user', 'pass:word'), true],
  [basicAuth('user', 'pass:word').replace('Basic', 'basic '), true],
  [basicAuth('user', 'pass'), false],
  [basicAuth('user:pass', 'word'), true],
  [basicAuth('', ''), false],
  ['Bearer user', false],
  ['Basic', false],
  ['Basic !!!', false],
  [undefined, false],
])('the header %j is accepted: %j', (header, isAccepted) => {
  expect(hasBasicAuth(request(header), 'user', 'pass:word')).toBe(isAccepted);
});
