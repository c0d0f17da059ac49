import { execFileSync } from 'node:child_process';
import { constants, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { createLogOutput, MAX_QUEUED_LOG_BYTES } from '../../src/log-output.ts';
import { until } from '../support/daemon.ts';
import { tempDir } from '../support/temp-dir.ts';

const { O_RDWR, O_NONBLOCK, O_WRONLY } = constants;

const dir = tempDir();
let pipes = 0;

/**
 * Opens a pipe that this process may read; a write to it fails with EAGAIN when it is full. It stays open, because a log with
 * waiting lines keeps using the descriptor.
 */
function openPipe(): number {
  const path = join(dir, `pipe-${pipes++}`);
  execFileSync('mkfifo', [path]);
  return openSync(path, O_RDWR | O_NONBLOCK);
}

function readAll(pipe: number): string {
  const chunk = Buffer.alloc(1024 * 1024);
  let text = '';
  for (;;) {
    try {
      const size = readSync(pipe, chunk);
      if (size === 0) return text;
      text += chunk.toString('utf8', 0, size);
    } catch {
      return text;
    }
  }
}

interface Line {
  readonly level?: string;
  readonly msg: string;
  readonly text?: string;
  readonly n?: number;
  readonly lines?: number;
  readonly code?: string;
}

const parse = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);

describe('the log', () => {
  test('keeps lines for a slow reader, drops those that exceed the queue, and reports their number', async () => {
    const pipe = openPipe();
    const output = createLogOutput(pipe);
    const log = createLog('info', output);
    const { info } = log('test');
    const count = 6000;
    for (let n = 0; n < count; n++) info('line', { n, padding: 'x'.repeat(300) });
    expect(output.dropped).toBeGreaterThan(0);
    let text = '';
    await until(
      () => (text += readAll(pipe)).includes('log lines dropped'),
      'the number is reported',
      15_000,
    );
    const lines = parse(text);
    const written = lines.filter(({ msg }) => msg === 'line').map(({ n }) => n);
    expect(written).toEqual(Array.from({ length: written.length }, (_, n) => n));
    expect(Buffer.byteLength(text)).toBeLessThan(MAX_QUEUED_LOG_BYTES + 1000);
    expect(lines.filter(({ msg }) => msg === 'log lines dropped')).toMatchObject([
      { lines: count - written.length },
    ]);
    info('line', { n: count });
    await until(() => readAll(pipe).includes(`"n":${count}`), 'later lines are written');
  });

  test('writes one line of JSON for each entry, whatever its texts contain', async () => {
    const pipe = openPipe();
    const log = createLog('info', createLogOutput(pipe));
    const forged = '\r\n{"level":"error","msg":"forged"}\n\u2028\u0000\u001b[2J';
    log(`name${forged}`).info(`message${forged}`, { text: forged, [forged]: { nested: forged } });
    await log.flush();
    const text = readAll(pipe);
    expect(parse(text)).toMatchObject([{ level: 'info', msg: `message${forged}`, text: forged }]);
    expect(text.split('\n')).toHaveLength(2);
    expect(Math.min(...Buffer.from(text.slice(0, -1)))).toBeGreaterThanOrEqual(0x20);
  });

  test('never throws on a full disk, and keeps the memory limited', async () => {
    const output = createLogOutput(openSync('/dev/full', O_WRONLY));
    const { error } = createLog('info', output)('test');
    const lines = (MAX_QUEUED_LOG_BYTES / 1000) * 2;
    for (let n = 0; n < lines; n++) error('line', { padding: 'x'.repeat(1000) });
    expect(output.dropped).toBeGreaterThan(lines / 4);
    const before = output.dropped;
    error('line');
    await new Promise((resolve) => setImmediate(resolve));
    error('line', { padding: 'x'.repeat(MAX_QUEUED_LOG_BYTES) });
    expect(output.dropped).toBeGreaterThan(before);
  });

  test('does not wait for a reader that never reads when the process exits', async () => {
    const output = createLogOutput(openPipe());
    const log = createLog('info', output);
    for (let n = 0; n < 2000; n++) log('test').info('line', { padding: 'x'.repeat(300) });
    await log.flush();
  });

  test('writes everything before the process exits', async () => {
    const pipe = openPipe();
    const log = createLog('info', createLogOutput(pipe));
    await log.flush();
    for (let n = 0; n < 10; n++) log('test').info('line', { n });
    await log.flush();
    expect(parse(readAll(pipe)).map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
