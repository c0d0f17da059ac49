/** A stream whose call is being loaded. */
import type { MediaStream } from '@sidetone/core';
import { expect, test } from 'vitest';
import { createLaterStream, MAX_KEPT_STEPS } from '../../src/plugins/provider/later-stream.ts';

function recorded(): { readonly target: MediaStream; readonly steps: string[] } {
  const steps: string[] = [];
  const target: MediaStream = {
    write: (party, bytes, positionMs) => steps.push(`write ${party} ${[...bytes].join(',')} ${positionMs}`),
    skip: (bytes) => steps.push(`skip ${bytes}`),
    gap: (party, durationMs, frames) => steps.push(`gap ${party} ${durationMs} ${frames}`),
    end: (reason) => steps.push(`end ${reason}`),
  };
  return { target, steps };
}

test('what is written before is passed on in order, as it was then', () => {
  const { stream, open } = createLaterStream();
  const bytes = new Uint8Array([1, 2]);
  stream.write('CUSTOMER', bytes, 0);
  bytes.fill(9);
  stream.skip(4);
  stream.gap('CUSTOMER', 20, 1);
  const { target, steps } = recorded();
  open(target);
  stream.write('CUSTOMER', bytes, 60);
  stream.end('hung up');
  expect(steps).toEqual([
    'write CUSTOMER 1,2 0',
    'skip 4',
    'gap CUSTOMER 20 1',
    'write CUSTOMER 9,9 60',
    'end hung up',
  ]);
});

test('what is kept is limited, and the end is kept in any case', () => {
  const { stream, open } = createLaterStream();
  for (let i = 0; i < MAX_KEPT_STEPS + 10; i++) stream.skip(1);
  stream.end('hung up');
  const { target, steps } = recorded();
  open(target);
  expect(steps).toHaveLength(MAX_KEPT_STEPS + 1);
  expect(steps.at(-1)).toBe('end hung up');
});
