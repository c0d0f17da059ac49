import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { styleOf, toText } from '../../src/log-format.ts';
import type { LogOutput } from '../../src/log-output.ts';

function collect(): { readonly output: LogOutput; readonly lines: string[] } {
  const lines: string[] = [];
  const output: LogOutput = {
    write: (line) => void lines.push(line),
    dropped: 0,
    onRecovered: () => undefined,
    flush: () => Promise.resolve(),
  };
  return { output, lines };
}

const ESCAPE = '\u001b';

describe('the style of the log', () => {
  test.each([
    ['auto', true, {}, 'colored text'],
    ['auto', false, {}, 'json'],
    ['json', true, {}, 'json'],
    ['text', false, {}, 'text'],
    ['text', true, {}, 'colored text'],
    ['auto', true, { NO_COLOR: '1' }, 'text'],
    ['auto', true, { NO_COLOR: '' }, 'colored text'],
    ['auto', true, { TERM: 'dumb' }, 'text'],
  ] as const)('%s, on a terminal: %s, with %j: %s', (format, isTerminal, environment, style) => {
    expect(styleOf(format, isTerminal, environment)).toBe(style);
  });
});

describe('the log as text', () => {
  test('has time, level, part, message and fields in one line', () => {
    const { output, lines } = collect();
    createLog(
      'info',
      output,
      'text',
    )('provider vapi').warn('health check failed', {
      reason: 'the key was rejected',
      attempt: 3,
      code: 'PROVIDER_REFUSED',
      urls: ['http://a/'],
      nothing: null,
    });
    expect(lines).toEqual([
      expect.stringMatching(
        /^\d\d:\d\d:\d\d\.\d{3} warn {2}provider vapi: health check failed reason="the key was rejected" attempt=3 code=PROVIDER_REFUSED urls=\["http:\/\/a\/"\] nothing=null\n$/,
      ),
    ]);
  });

  test('has the stack of an error below its line', () => {
    const { output, lines } = collect();
    createLog('info', output, 'text')('http').error('failed', { error: new TypeError('not\u001b[2J this') });
    expect(lines[0]).toMatch(/^.* error http: failed\n {4}TypeError: not\\u001b\[2J this\n {4} {4}at /);
    expect(lines[0]).not.toContain(ESCAPE);
  });

  test('has colours only if they are wanted', () => {
    const line = '{"level":"info","time":"2026-01-02T03:04:05.678Z","part":"x","msg":"m","a":1}\n';
    expect(toText(line, true)).toContain(`${ESCAPE}[`);
    expect(toText(line, false)).not.toContain(ESCAPE);
  });

  test.each([
    '\n',
    '\r',
    '\u001b[2J',
    '\u009b2J',
    '\u0007',
    '\u202e',
    '\u2028',
    '\u0000',
    '\u200f',
    '\ufeff',
  ])('escapes %j wherever it is', (unsafe) => {
    const { output, lines } = collect();
    createLog(
      'info',
      output,
      'text',
    )(`part${unsafe}`).info(`message${unsafe}`, {
      [`name${unsafe}`]: `value${unsafe}`,
      list: [unsafe],
    });
    expect(lines[0]!.slice(0, -1)).not.toContain(unsafe);
    expect(lines).toHaveLength(1);
  });

  test('omits personal data', () => {
    const { output, lines } = collect();
    createLog('info', output, 'text')('x').info('m', { 'number.pii': '+15005550006' });
    expect(lines[0]).not.toContain('+1500');
  });

  test('keeps a line that is not JSON', () => {
    expect(toText('not JSON\n', true)).toBe('not JSON\n');
  });
});

test('the level can be changed for loggers that exist and for later ones', () => {
  const { output, lines } = collect();
  const log = createLog('error', output);
  const early = log('early');
  early.info('hidden');
  log.setLevel('debug');
  early.debug('shown');
  log('later').debug('shown');
  log.setLevel('silent');
  early.error('hidden');
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['shown', 'shown']);
});
