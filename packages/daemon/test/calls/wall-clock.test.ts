/** Calls and their utterances have the times of the provider, whatever the wall clock of this machine shows. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createHarness, event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const DAY = 86_400_000;

test.each([-3 * DAY, -1000, 1000, 3 * DAY, 3650 * DAY])(
  'offsets and durations are right if the wall clock is set by %i ms during a call',
  async (stepMs) => {
    const dir = join(tempDir(), 'clock');
    mkdirSync(dir);
    const harness = createHarness(dir);
    const start = harness.clock.now();
    const at = (ms: number) => ({ at: start + ms });
    const callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }, at(0)));
    harness.emit(event('speech.started', { party: 'CUSTOMER' }, at(2000)));
    harness.clock.stepWallClock(stepMs);
    await harness.clock.advance(5000);
    harness.emit(event('utterance.final', { party: 'CUSTOMER', text: 'hello' }, at(5000)));
    harness.emit(event('call.ended', { end: { category: 'CUSTOMER_ENDED' } }, at(10_000)));
    await harness.ingest.committed();
    const call = harness.ledger.get(callId)!;
    expect([call.answeredAt, call.endedAt]).toEqual([start, start + 10_000]);
    const { rows } = await harness.history.utterances(callId, { limit: 10, backward: false });
    expect(rows).toMatchObject([{ utterance: { startMs: 2000, endMs: 5000 } }]);
    harness.close();
  },
);
