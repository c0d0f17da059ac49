/** The link between the daemon and a thread: order, bounds, answers, and values that cannot be sent. */
import { FaultError, Secret } from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { decodeError, encodeError } from '../../../src/plugins/isolation/link/encoded-error.ts';
import { Link, type Handlers } from '../../../src/plugins/isolation/link/link.ts';
import { MAX_IN_FLIGHT, MAX_PARCEL, MAX_WAITING } from '../../../src/plugins/isolation/link/outbox.ts';
import { decodeFields, encodeFields } from '../../../src/plugins/isolation/link/plain-fields.ts';
import { atOnce, portPair } from '../../support/isolated.ts';

interface Remote {
  frame(bytes: Uint8Array, at: number): void;
  add(one: number, other: number): number;
  wait(): void;
  fail(): void;
  data(value: unknown): unknown;
}

function connect(handlers: Partial<Handlers<Remote>>, deliver = atOnce) {
  const [near, far] = portPair(deliver);
  const errors: string[] = [];
  let overruns = 0;
  const flushes: (() => void)[] = [];
  const deps = {
    onError: (name: string, error: unknown) => void errors.push(`${name}: ${String(error)}`),
    onOverrun: () => void overruns++,
  };
  const other = new Link<object, Remote>({
    ...deps,
    port: far,
    handlers: handlers as Handlers<Remote>,
    atEndOfTurn: atOnce,
  });
  const link = new Link<Remote, object>({
    ...deps,
    port: near,
    handlers: {},
    atEndOfTurn: (task) => void flushes.push(task),
  });
  const endTurn = (): void => {
    for (const flush of flushes.splice(0)) flush();
  };
  return { link, other, errors, overruns: () => overruns, endTurn };
}

describe('a link', () => {
  test('sends the messages of a turn in order, with their bytes', () => {
    const received: unknown[] = [];
    const { link, endTurn } = connect({ frame: (bytes, at) => void received.push([[...bytes], at]) });
    link.note('frame', Uint8Array.of(1, 2), 0);
    link.note('frame', new Uint8Array(), 20);
    link.note('frame', Uint8Array.of(3), 40);
    expect(received).toEqual([]);
    endTurn();
    expect(received).toEqual([
      [[1, 2], 0],
      [[], 20],
      [[3], 40],
    ]);
  });

  test('resolves a call with the answer, and rejects it with the fault of the handler', async () => {
    const fail = (): never => {
      throw new FaultError('CALL_NOT_LIVE', 'ended', { details: { status: 404 } });
    };
    const { link, endTurn } = connect({ add: (one, other) => one + other, fail });
    const [sum, failure] = [link.call(undefined, 'add', 1, 2), link.call(undefined, 'fail')];
    endTurn();
    expect(await sum).toBe(3);
    await expect(failure).rejects.toMatchObject({ code: 'CALL_NOT_LIVE', details: { status: 404 } });
  });

  test('passes on an abort with its reason', async () => {
    let reason: unknown;
    const wait = (signal: AbortSignal): Promise<void> =>
      new Promise(() => signal.addEventListener('abort', () => void (reason = signal.reason)));
    const { link, endTurn } = connect({ wait });
    const abort = new AbortController();
    const waiting = link.call(abort.signal, 'wait');
    endTurn();
    abort.abort(new FaultError('PROVIDER_TIMEOUT', 'too slow'));
    endTurn();
    await expect(waiting).rejects.toMatchObject({ code: 'PROVIDER_TIMEOUT' });
    expect(reason).toMatchObject({ code: 'PROVIDER_TIMEOUT' });
  });

  test('rejects pending and later calls when it is closed', async () => {
    const { link } = connect({});
    const pending = link.call(undefined, 'wait');
    link.close(new FaultError('PROVIDER_NOT_RUNNING', 'over'));
    await expect(pending).rejects.toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
    await expect(link.call(undefined, 'wait')).rejects.toMatchObject({ code: 'PROVIDER_NOT_RUNNING' });
  });

  test('fails only the message whose value cannot be sent', async () => {
    const received: unknown[] = [];
    const { link, errors, endTurn } = connect({
      data(value) {
        received.push(value);
        return () => undefined;
      },
    });
    link.note('data', 1);
    link.note('data', () => undefined);
    link.note('data', 2);
    const answer = link.call(undefined, 'data', 3);
    endTurn();
    await expect(answer).rejects.toMatchObject({ code: 'PLUGIN_ISOLATION_UNSUPPORTED' });
    expect(received).toEqual([1, 2, 3]);
    expect(errors).toEqual([expect.stringContaining('data: FaultError')]);
  });

  test('sends an end that handles nothing a limited number of messages, and drops what exceeds the queue', () => {
    const arrived: (() => void)[] = [];
    const { link, endTurn, overruns } = connect(
      { frame: () => undefined },
      (task) => void arrived.push(task),
    );
    const offers = MAX_WAITING + MAX_IN_FLIGHT + 10;
    for (let index = 0; index < offers; index++) {
      link.offer('frame', new Uint8Array(), index);
      if (index === MAX_IN_FLIGHT - 1) endTurn();
    }
    endTurn();
    expect(arrived.length).toBe(MAX_IN_FLIGHT / MAX_PARCEL);
    expect(link.outbox).toMatchObject({ size: MAX_WAITING, dropped: 10, isCongested: true });
    expect(overruns()).toBe(0);
    let drained = 0;
    link.outbox.onDrained(() => void drained++);
    while (arrived.length > 0) {
      arrived.shift()!();
      endTurn();
    }
    expect([link.outbox.size, drained]).toEqual([0, 1]);
  });

  test('reports an overrun if messages wait that must not be dropped', () => {
    const { link, overruns } = connect({});
    for (let index = 0; index <= 2 * MAX_WAITING; index++) link.note('frame', new Uint8Array(), index);
    expect(overruns()).toBe(1);
  });
});

describe('what crosses', () => {
  test('a fault keeps its code, details, stack and causes', () => {
    const cause = new TypeError('inner', { cause: new FaultError('WIRE_MALFORMED', 'innermost') });
    const fault = new FaultError('PROVIDER_REFUSED', 'no', { details: { status: 402 }, cause });
    const decoded = decodeError(structuredClone(encodeError(fault)));
    expect(decoded).toMatchObject({ code: 'PROVIDER_REFUSED', message: 'no', details: { status: 402 } });
    expect(decoded.stack).toBe(fault.stack);
    expect(decoded.cause).toMatchObject({ name: 'TypeError', cause: { code: 'WIRE_MALFORMED' } });
  });

  test('several faults of a configuration stay several', () => {
    const faults = new AggregateError([new FaultError('CONFIG_INVALID', 'a')]);
    const decoded = decodeError(encodeError(new FaultError('CONFIG_INVALID', 'both', { cause: faults })));
    expect((decoded.cause as AggregateError).errors).toMatchObject([
      { code: 'CONFIG_INVALID', message: 'a' },
    ]);
  });

  test('a fault with a code that this release does not know becomes an error', () => {
    const decoded = decodeError({ name: 'FaultError', message: 'new', code: 'LATER' as 'INTERNAL' });
    expect(decoded).not.toBeInstanceOf(FaultError);
    expect(decoded.message).toBe('new');
  });

  test('fields of the log keep errors, and hide secrets', () => {
    const error = new Error('reason');
    const fields = { error, token: new Secret('hidden'), run: () => 1, count: 2 };
    const decoded = decodeFields(structuredClone(encodeFields(fields)));
    expect(decoded).toMatchObject({ token: '[redacted]', count: 2, error: { message: 'reason' } });
    expect((decoded['error'] as Error).stack).toBe(error.stack);
  });
});
