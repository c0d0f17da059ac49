import { expect, test } from 'vitest';
import { listenFailure } from '../../src/http/listening-port.ts';

test.each([
  ['EADDRINUSE', 'PORT_IN_USE', /port 80 of 127\.0\.0\.1 is already in use/],
  ['EACCES', 'PORT_FORBIDDEN', /port 80 of 127\.0\.0\.1: this user may not listen on it/],
  ['EADDRNOTAVAIL', 'CONFIG_INVALID', /server\.host: cannot listen on 127\.0\.0\.1 \(no such address\)/],
])('a port that cannot be used because of %s is %s', (code, fault, message) => {
  const failure = listenFailure('127.0.0.1', 80, Object.assign(new Error('no such address'), { code }));
  expect(failure).toMatchObject({ code: fault, message: expect.stringMatching(message) });
});
