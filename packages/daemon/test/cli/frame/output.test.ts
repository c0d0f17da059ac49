import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { exitOnBrokenPipe } from '../../../src/cli/frame/broken-pipe.ts';
import { createOutput, tableOf } from '../../../src/cli/frame/output.ts';
import type { OutputOptions } from '../../../src/cli/frame/options.ts';

interface Row {
  readonly name: string;
  readonly calls: number;
}

const COLUMNS = [
  { title: 'name', value: ({ name }: Row) => name },
  { title: 'calls', value: ({ calls }: Row) => calls },
];
const ROWS: Row[] = [
  { name: 'ada', calls: 7 },
  { name: 'a longer name', calls: 1234 },
];

/** Returns what a command prints on both streams. */
async function printed(options: OutputOptions, rows: readonly Row[]): Promise<{ out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const output = createOutput(options, stdout as never, stderr as never);
  output.progress().end('half done');
  output.info('created');
  await output.rows(rows, COLUMNS);
  return { out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

describe('the output of a command', () => {
  test('is a table with numbers on the right', () => {
    expect(tableOf(ROWS, COLUMNS)).toBe('NAME           CALLS\nada                7\na longer name   1234');
  });

  test('is the table on standard output, and the rest on standard error', async () => {
    expect(await printed({}, ROWS)).toEqual({
      out: `${tableOf(ROWS, COLUMNS)}\n`,
      err: 'half done\ncreated\n',
    });
  });

  test('is a JSON line for each row with --json', async () => {
    expect(await printed({ json: true }, ROWS)).toEqual({
      out: '{"name":"ada","calls":7}\n{"name":"a longer name","calls":1234}\n',
      err: '',
    });
  });

  test('has only results with --quiet', async () => {
    expect(await printed({ quiet: true }, ROWS)).toEqual({ out: `${tableOf(ROWS, COLUMNS)}\n`, err: '' });
    expect(await printed({ quiet: true }, [])).toEqual({ out: '', err: '' });
  });

  test('contains no control characters of texts that callers sent', () => {
    const row = { name: '\u001b[2Jeve\n', calls: 1 };
    expect(tableOf([row], COLUMNS)).not.toContain('\u001b');
  });
});

test('a reader of the output that ends causes exit code 0', () => {
  const output = new PassThrough();
  const codes: number[] = [];
  exitOnBrokenPipe(output, (code) => codes.push(code));
  output.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  expect(codes).toEqual([0]);
  expect(() => output.emit('error', new Error('disk full'))).toThrow('disk full');
});
