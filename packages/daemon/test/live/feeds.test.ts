import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createHarness, event, numberedUtterance, type Harness } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';
import { providerCallId } from '@sidetone/core';

const root = tempDir();
let count = 0;
let harness: Harness;

beforeEach(() => {
  const dir = join(root, String(count++));
  mkdirSync(dir);
  harness = createHarness(dir);
});
afterEach(() => harness.close());

const valueOf = async <Item>(iterator: AsyncIterator<Item>): Promise<Item> =>
  (await iterator.next()).value as Item;

describe('a feed', () => {
  test('delivers new records to a waiting reader', async () => {
    const records = harness.feeds.records({ types: ['UTTERANCE_FINALIZED'] });
    const next = valueOf(records);
    harness.emit(numberedUtterance(1));
    expect((await next).fact).toMatchObject({ utterance: { text: 'words 1' } });
    await records.return!();
  });

  test('delivers records in order to concurrent reads', async () => {
    const records = harness.feeds.records({ types: ['UTTERANCE_FINALIZED'] });
    const several = [valueOf(records), valueOf(records), valueOf(records)];
    for (const number of [1, 2, 3]) harness.emit(numberedUtterance(number));
    const texts = (await Promise.all(several)).map(({ fact }) => fact);
    expect(texts).toMatchObject([1, 2, 3].map((number) => ({ utterance: { text: `words ${number}` } })));
    await records.return!();
  });

  test('ends if it is left while it waits, and leaves no listener, demand or timer', async () => {
    const callId = harness.emit(numberedUtterance(0));
    await harness.ingest.committed();
    const feeds = [
      harness.feeds.records({}),
      harness.feeds.transcript(callId),
      harness.feeds.levels(undefined, 100),
      harness.feeds.levels([callId], 100),
    ];
    const waiting = feeds.map((feed) => feed.next());
    expect(harness.hub.notifier.listeners).toBe(2);
    expect(harness.demand.size).toBe(3);
    for (const feed of feeds) await feed.return!();
    expect(await Promise.all(waiting)).toEqual(feeds.map(() => ({ done: true, value: undefined })));
    expect([harness.hub.notifier.listeners, harness.demand.size, harness.partials.watched]).toEqual([
      0, 0, 0,
    ]);
    expect(harness.clock.pending).toBe(0);
  });

  test('leaves no demand and no timer after 1,000 uses', async () => {
    for (let i = 0; i < 1000; i++) {
      const feed = harness.feeds.levels(undefined, 20);
      const next = feed.next();
      await feed.return!();
      await next;
    }
    expect([harness.demand.size, harness.clock.pending]).toEqual([0, 0]);
  });
});

describe('transcript', () => {
  test('delivers partials, then their final under the same id', async () => {
    const callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }));
    await harness.ingest.committed();
    const transcript = harness.feeds.transcript(callId);
    harness.emit(event('utterance.partial', { party: 'CUSTOMER', text: 'hel' }));
    const partial = await valueOf(transcript);
    harness.emit(event('utterance.final', { party: 'CUSTOMER', text: 'hello' }));
    const final = await valueOf(transcript);
    expect([partial.utterance.text, final.utterance.text]).toEqual(['hel', 'hello']);
    expect(final.utterance.id).toBe(partial.utterance.id);
    expect(partial.position).toBeUndefined();
    expect(final.position).toBeGreaterThan(0);
    await transcript.return!();
  });

  test('delivers no partial after its final, and skips partials that were not read', async () => {
    const callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }));
    await harness.ingest.committed();
    const transcript = harness.feeds.transcript(callId);
    for (const text of ['a', 'a b', 'a b c'])
      harness.emit(event('utterance.partial', { party: 'CUSTOMER', text }));
    harness.emit(event('utterance.final', { party: 'CUSTOMER', text: 'a b c d' }));
    harness.emit(event('utterance.partial', { party: 'ASSISTANT', text: 'next' }));
    await harness.ingest.committed();
    expect((await valueOf(transcript)).utterance.text).toBe('a b c d');
    expect((await valueOf(transcript)).utterance.text).toBe('next');
    await transcript.return!();
  });
});

describe('levels', () => {
  const tone = (): Uint8Array => {
    const samples = Int16Array.from({ length: 320 }, (_, i) =>
      Math.round(32_767 * Math.sin((2 * Math.PI * i) / 16)),
    );
    return new Uint8Array(samples.buffer);
  };
  const open = () => {
    const callId = harness.emit(event('call.status', { status: 'IN_PROGRESS' }));
    const stream = harness.streams.open(callId, {
      providerCallId: providerCallId('their-call'),
      encoding: 'pcm_s16le',
      sampleRate: 16_000,
      parties: ['CUSTOMER', 'ASSISTANT'],
    });
    return { callId, stream };
  };

  test('are not metered without demand', () => {
    const { callId, stream } = open();
    stream.write('CUSTOMER', tone());
    expect(harness.levels.read(callId, 100)).toEqual([]);
  });

  test('are delivered at the requested interval, only the latest, and only if they change', async () => {
    const { callId, stream } = open();
    const levels = harness.feeds.levels([callId], 100);
    let updates = 0;
    const reading = (async () => {
      for await (const update of levels) {
        updates++;
        if (updates === 1)
          expect(update.calls[0]!.parties[0]).toMatchObject({ party: 'CUSTOMER', speaking: true });
      }
    })();
    for (let i = 0; i < 25; i++) {
      stream.write('CUSTOMER', tone());
      await harness.clock.advance(20);
    }
    const duringAudio = updates;
    await harness.clock.advance(3000);
    expect(duringAudio).toBeLessThanOrEqual(5);
    expect(updates).toBeGreaterThan(duringAudio);
    expect(updates).toBeLessThan(duringAudio + 5);
    expect(harness.levels.read(callId, 100)[0]).toMatchObject({ rmsDb: -90, speaking: false });
    await levels.return!();
    await reading;
  });

  test('are removed with the last stream of the call', async () => {
    const { callId, stream } = open();
    const releaseDemand = harness.demand.add('levels', undefined);
    stream.write('CUSTOMER', tone());
    expect(harness.levels.read(callId, 100)).toHaveLength(1);
    stream.end('done');
    stream.write('CUSTOMER', tone());
    stream.end('twice');
    expect(harness.levels.read(callId, 100)).toEqual([]);
    await harness.ingest.committed();
    const stopped = (await harness.eventLog.page(0, 100, { types: ['STREAM_STOPPED'] })).map(
      ({ fact }) => fact,
    );
    expect(stopped).toMatchObject([{ reason: 'done', counters: { frames: 1, bytes: 640 } }]);
    releaseDemand();
  });
});
