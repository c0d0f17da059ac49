import type { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { beforeEach, describe, expect, test } from 'vitest';
import * as ws from 'ws';
import { EventResult } from '../../src/graphql/fanout/event-result.ts';
import { SocketDelivery } from '../../src/http/socket-delivery.ts';
import { PullIterator } from '../../src/live/pull-iterator.ts';

/** Decodes frames. Not in the types of the library. */
const { Receiver } = ws as unknown as {
  Receiver: new (options: object) => EventEmitter & { write(chunk: Buffer): void };
};

const OPEN = 1;
const CLOSING = 2;

/** A connection that accepts writes only while it is open for them. */
class FakeStream {
  readonly writes: Buffer[] = [];
  readonly waiting: ((error?: Error | null) => void)[] = [];
  accepts = true;

  get writableLength(): number {
    return this.waiting.length;
  }

  write(chunk: Buffer, done: (error?: Error | null) => void): boolean {
    this.writes.push(chunk);
    if (this.accepts) process.nextTick(done);
    else this.waiting.push(done);
    return true;
  }

  accept(): void {
    for (const done of this.waiting.splice(0)) done();
  }
}

let stream: FakeStream;
let socket: { readyState: 1 | 2; readonly OPEN: 1 };
let items: (EventResult | Promise<EventResult>)[];
let wake: () => void;
let results: PullIterator<EventResult>;
let ended: unknown;

const resultOf = (text: string): EventResult =>
  new EventResult({ data: { text } }, (error) => error as Error);

beforeEach(() => {
  stream = new FakeStream();
  socket = { readyState: OPEN, OPEN };
  items = [];
  ended = undefined;
  results = new PullIterator<EventResult>({
    pull: () => items.shift(),
    subscribe: (listener) => {
      wake = listener;
      return () => undefined;
    },
  });
});

function start(id = '1'): SocketDelivery {
  const delivery = new SocketDelivery(results, { socket, stream: stream as unknown as Duplex }, id);
  delivery.next().then(
    (result) => (ended = result),
    (error: unknown) => (ended = error),
  );
  return delivery;
}

async function add(...added: (EventResult | Promise<EventResult>)[]): Promise<void> {
  items.push(...added);
  wake();
  await new Promise(setImmediate);
}

/** Returns the messages that a client reads from the writes. */
function messages(): { id: string; type: string; payload: { data: { text: string } } }[] {
  const receiver = new Receiver({ isServer: false });
  const received: string[] = [];
  receiver.on('message', (data: Buffer) => received.push(data.toString()));
  for (const write of stream.writes) receiver.write(write);
  return received.map((text) => JSON.parse(text) as ReturnType<typeof messages>[number]);
}
const texts = (): string[] => messages().map(({ payload }) => payload.data.text);

test('a result is one write of one message of the protocol, with the id of the operation', async () => {
  start('an "id" with ünicode');
  await add(resultOf('words'));
  expect(stream.writes).toHaveLength(1);
  expect(messages()).toEqual([
    { id: 'an "id" with ünicode', type: 'next', payload: { data: { text: 'words' } } },
  ]);
});

test('messages of every length are framed', async () => {
  start();
  const lengths = [0, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 1000, 65_460, 65_480, 65_500, 70_000];
  for (const length of lengths) await add(resultOf('x'.repeat(length)));
  expect(texts().map((text) => text.length)).toEqual(lengths);
  const sizes = messages().map((message) => JSON.stringify(message).length);
  // Of the three notations of a length.
  for (const size of [125, 126, 65_535, 65_536]) {
    expect(sizes.some((each) => each <= size) && sizes.some((each) => each > size)).toBe(true);
  }
});

test('results that are available at once are one write, up to a size', async () => {
  start();
  await add(...['a', 'b', 'c'].map(resultOf));
  expect([stream.writes.length, texts()]).toEqual([1, ['a', 'b', 'c']]);
  await add(...Array.from({ length: 40 }, () => resultOf('x'.repeat(1000))));
  expect(stream.writes.length).toBeGreaterThan(3);
  expect(Math.max(...stream.writes.map(({ length }) => length))).toBeLessThan(18_000);
});

describe('a client that does not read', () => {
  test('is sent nothing more, and its results are not read', async () => {
    start();
    stream.accepts = false;
    await add(resultOf('a'));
    await add(...['b', 'c'].map(resultOf));
    expect([stream.writes.length, items.length]).toEqual([1, 2]);
    stream.accept();
    stream.accept();
    expect([texts(), items.length]).toEqual([['a', 'b', 'c'], 0]);
  });

  test('of another operation of the same socket gets one message at a time', async () => {
    start();
    stream.accepts = false;
    stream.waiting.push(() => undefined);
    await add(...['a', 'b'].map(resultOf));
    expect([stream.writes.length, items.length]).toEqual([1, 1]);
  });
});

test('results that are being produced are sent in order', async () => {
  start();
  let produce: (result: EventResult) => void = () => undefined;
  await add(resultOf('a'), new Promise((resolve) => (produce = resolve)), resultOf('c'));
  await add(resultOf('d'));
  expect(texts()).toEqual(['a']);
  produce(resultOf('b'));
  await new Promise(setImmediate);
  expect(texts()).toEqual(['a', 'b', 'c', 'd']);
});

test('an error ends the operation after the results before it', async () => {
  start();
  await add(resultOf('a'), Promise.reject(new Error('failed')));
  expect([texts(), ended]).toEqual([['a'], new Error('failed')]);
});

test('nothing is sent after the operation was completed, or while the socket is being closed', async () => {
  const delivery = start();
  await add(resultOf('a'));
  socket.readyState = CLOSING;
  await add(resultOf('b'));
  socket.readyState = OPEN;
  await delivery.return();
  await add(resultOf('c'));
  expect([texts(), ended]).toEqual([['a'], { done: true, value: undefined }]);
});

test('clients with the same operation id are sent the same bytes', async () => {
  const result = resultOf('words');
  start();
  await add(result);
  const others = [new FakeStream(), new FakeStream()];
  for (const [i, other] of others.entries()) {
    stream = other;
    results = new PullIterator({
      pull: () => items.shift(),
      subscribe: (listener) => ((wake = listener), () => undefined),
    });
    start(String(i + 1));
    await add(result);
  }
  expect(others.map(({ writes }) => writes[0]!.includes('"id":"1"'))).toEqual([true, false]);
});
