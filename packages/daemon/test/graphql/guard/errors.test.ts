import { FAULTS, FaultError, type FaultCode } from '@sidetone/core';
import { GraphQLError } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createMask } from '../../../src/graphql/guard/errors.ts';
import { createTestLog } from '../../support/silent-log.ts';

const { log, lines } = createTestLog();
const mask = createMask(log(''), () => 'id-1');
const located = (cause: Error) =>
  new GraphQLError(cause.message, { originalError: cause, path: ['calls', 0] });
const isInternal = (code: FaultCode): boolean =>
  ['store', 'wire', 'plugin', 'config', 'defect'].includes(FAULTS[code].kind);

describe('createMask', () => {
  test.each(Object.keys(FAULTS) as FaultCode[])(
    'returns code and remedy of %s, or masks it if it is internal',
    (code) => {
      lines.length = 0;
      const masked = mask(located(new FaultError(code, 'the message')));
      const expected = isInternal(code)
        ? {
            message: 'internal server error',
            extensions: { code: 'INTERNAL_SERVER_ERROR', id: 'id-1' },
          }
        : { message: 'the message', extensions: { code, remedy: FAULTS[code].remedy } };
      expect(masked).toMatchObject({ ...expected, path: ['calls', 0] });
      expect(lines.length).toBe(isInternal(code) ? 1 : 0);
    },
  );

  test('masks unexpected errors of any kind', () => {
    for (const error of [
      new TypeError('undefined is no function'),
      located(new Error('select *')),
      'text',
      undefined,
    ]) {
      expect(mask(error).message).toBe('internal server error');
    }
  });

  test('passes errors of graphql-js unchanged', () => {
    const syntax = new GraphQLError('Syntax Error: Unexpected <EOF>.');
    expect(mask(syntax)).toBe(syntax);
  });
});
