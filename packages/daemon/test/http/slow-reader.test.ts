/** A client that stops reading does not affect others, and receives everything when it reads again. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import * as tokens from '../../src/tokens.ts';
import { startTestDaemon, until } from '../support/daemon.ts';
import { event } from '../support/harness.ts';
import { tempDir } from '../support/temp-dir.ts';

const EVENTS = 8000;
const PADDING = 'x'.repeat(2000);

/** Subscribes with a raw socket, so that it can be paused. */
async function subscribe(url: string): Promise<{ socket: WebSocket; texts: number[] }> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  const texts: number[] = [];
  const query =
    'subscription { callEvents(types: [UTTERANCE_FINALIZED]) { ... on UtteranceFinalized { utterance { text } } } }';
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as {
      type: string;
      payload?: { data: { callEvents: { utterance: { text: string } } } };
    };
    if (message.type === 'connection_ack')
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
    if (message.type === 'next')
      texts.push(Number.parseInt(message.payload!.data.callEvents.utterance.text, 10));
  });
  await new Promise((resolve) => socket.once('open', resolve));
  return { socket, texts };
}

test(
  'a client that stops reading for 8,000 events receives all of them in order, and does not delay others',
  { timeout: 60_000 },
  async () => {
    const dir = join(tempDir(), 'slow');
    mkdirSync(dir);
    const it = await startTestDaemon(dir, { limits: { eventsPerSecond: 1_000_000 } });
    const ingest = it.daemon.parts.resolve(tokens.INGEST);
    const [stalled, healthy] = [await subscribe(it.url('graphql')), await subscribe(it.url('graphql'))];
    await until(() => it.readers() === 2, 'both subscriptions started');
    const log = it.daemon.parts.resolve(tokens.EVENT_LOG);
    const page = vi.spyOn(log, 'page');
    stalled.socket.pause();

    for (let i = 0; i < EVENTS; i++) {
      it.script.host.emit(
        event('utterance.final', { party: 'CUSTOMER', text: `${i} ${PADDING}` }, { call: `c${i % 5}` }),
      );
      if (i % 100 === 99) await ingest.committed();
    }
    const numbers = Array.from({ length: EVENTS }, (_, i) => i);
    await until(() => healthy.texts.length === EVENTS, 'the healthy client has all events', 30_000);
    expect(healthy.texts).toEqual(numbers);
    // The socket buffers hold only a small part of the events. The rest is in the log.
    expect(stalled.texts).toEqual([]);
    const pagesBefore = page.mock.calls.length;

    stalled.socket.resume();
    await until(() => stalled.texts.length === EVENTS, 'the stalled client has caught up', 30_000);
    expect(stalled.texts).toEqual(numbers);
    // Nothing was queued for it: events that the ring no longer held were read from the log.
    expect(page.mock.calls.length).toBeGreaterThan(pagesBefore + 10);
    stalled.socket.terminate();
    healthy.socket.terminate();
  },
);
