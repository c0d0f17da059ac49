import { FAULTS, FaultError, type FaultCode } from '@sidetone/core';
import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createMask } from '../../../src/graphql/guard/errors.ts';
import { createTestLog } from '../../support/silent-log.ts';

const { log, lines } = createTestLog();
const mask = createMask(log(''), () => 'id-1');
const located = (cause: Error) =>
  new GraphQLError(cause.message, { originalError: cause, path: ['calls', 0] });
const isOurs = (code: FaultCode): boolean =>
  ['store', 'wire', 'plugin', 'config', 'defect'].includes(FAULTS[code].kind);

describe('an error', () => {
  test.each(Object.keys(FAULTS) as FaultCode[])(
    '%s tells a client what it can act on, and nothing else',
    (code) => {
      lines.length = 0;
      const told = mask(located(new FaultError(code, 'the words')));
      const expected = isOurs(code)
        ? {
            message: 'Something went wrong on our side.',
            extensions: { code: 'INTERNAL_SERVER_ERROR', id: 'id-1' },
          }
        : { message: 'the words', extensions: { code, remedy: FAULTS[code].remedy } };
      expect(told).toMatchObject({ ...expected, path: ['calls', 0] });
      expect(lines.length).toBe(isOurs(code) ? 1 : 0);
    },
  );

  test('that was thrown by mistake is masked, wherever it comes from', () => {
    for (const error of [
      new TypeError('undefined is no function'),
      located(new Error('select *')),
      'text',
      undefined,
    ]) {
      expect(mask(error).message).toBe('Something went wrong on our side.');
    }
  });

  test('of the language itself passes as it is', () => {
    const syntax = new GraphQLError('Syntax Error: Unexpected <EOF>.');
    expect(mask(syntax)).toBe(syntax);
  });
});
