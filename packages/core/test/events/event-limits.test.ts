import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EVENT_LIMITS,
  evolve,
  findProviderEventError,
  findTranscriberEventError,
  limitProviderEvent,
  limitTranscriberEvent,
  PROVIDER_EVENT_TYPES,
  providerCallId,
  providerId,
  TRANSCRIBER_EVENT_TYPES,
  type CallFact,
  type CallId,
  type ProviderEvent,
  type TranscriberEvent,
} from '../../src/index.ts';

const { label, utterance, summary, reportUtterances, reportText, data } = EVENT_LIMITS;

const event = (type: string, fields: object): ProviderEvent =>
  ({ type, providerCallId: providerCallId('x'), occurredAt: 1, ...fields }) as unknown as ProviderEvent;
const party = 'CUSTOMER';
const deep = (levels: number): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
};

describe('an event within the limits', () => {
  it.each([
    event('utterance.final', { party, text: 'x'.repeat(utterance) }),
    event('call.report', {
      summary: 'x'.repeat(summary),
      utterances: Array.from({ length: reportUtterances }, () => ({ party, text: 'x'.repeat(100) })),
      providerData: { text: 'x'.repeat(data - 100) },
    }),
    event('call.started', { details: { from: 'x'.repeat(label), providerData: { deep: deep(60) } } }),
  ])('is not copied: $type', (given) => {
    expect(limitProviderEvent(given).event).toBe(given);
  });
});

describe('an event above the limits', () => {
  it.each<[string, ProviderEvent, object]>([
    [
      'utterance.final.text',
      event('utterance.final', { party, text: 'x'.repeat(9_000_000) }),
      { party, text: 'x'.repeat(utterance) },
    ],
    [
      'utterance.partial.text',
      event('utterance.partial', { party, text: `${'x'.repeat(utterance - 1)}😀` }),
      { party, text: 'x'.repeat(utterance - 1) },
    ],
    [
      'call.report.summary',
      event('call.report', { summary: 'x'.repeat(1e6) }),
      { summary: 'x'.repeat(summary) },
    ],
    [
      'call.report.utterances',
      event('call.report', { utterances: Array.from({ length: 80_000 }, () => ({ party, text: 'a' })) }),
      { utterances: Array.from({ length: reportUtterances }, () => ({ party, text: 'a' })) },
    ],
    [
      'call.report.utterances',
      event('call.report', {
        utterances: Array.from({ length: 100 }, () => ({ party, text: 'x'.repeat(2 * utterance) })),
      }),
      {
        utterances: Array.from({ length: reportText / utterance }, () => ({
          party,
          text: 'x'.repeat(utterance),
        })),
      },
    ],
    ['call.report.providerData', event('call.report', { providerData: { a: deep(10_000) } }), {}],
    ['call.report.providerData', event('call.report', { providerData: { a: 'x'.repeat(data) } }), {}],
    [
      'call.report.providerData',
      event('call.report', {
        providerData: Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [i, 0])),
      }),
      {},
    ],
    [
      'call.started.details',
      event('call.started', {
        details: {
          to: '1',
          from: 'x'.repeat(5000),
          providerData: [deep(100)],
          assistant: { name: 'x'.repeat(2000) },
        },
      }),
      { details: { to: '1', from: 'x'.repeat(label), assistant: { name: 'x'.repeat(label) } } },
    ],
    [
      'call.ended.end',
      event('call.ended', { end: { category: 'BUSY', code: 'x'.repeat(5000) } }),
      { end: { category: 'BUSY', code: 'x'.repeat(label) } },
    ],
    ['dtmf.digits', event('dtmf', { digits: '1'.repeat(5000) }), { digits: '1'.repeat(label) }],
  ])('is cut, and stays valid: %s', (field, given, expected) => {
    const limited = limitProviderEvent(given);
    expect(limited.cut).toEqual([field]);
    expect(limited.event).toEqual({ type: given.type, providerCallId: 'x', occurredAt: 1, ...expected });
    expect(findProviderEventError(limited.event)).toBeUndefined();
  });

  it('is within the limits afterwards, whatever its fields are', () => {
    const huge = fc.constantFrom<unknown>(
      'x'.repeat(2_000_000),
      deep(5000),
      Array.from({ length: 400_000 }, () => 1),
    );
    const names = [
      'text',
      'digits',
      'code',
      'message',
      'summary',
      'providerData',
      'details',
      'assistant',
      'end',
    ];
    const fields = fc.dictionary(
      fc.constantFrom(...names),
      fc.oneof(huge, fc.record({ a: huge, from: huge })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...PROVIDER_EVENT_TYPES), fields, (type, given) => {
        const { event: limited } = limitProviderEvent(event(type, given));
        expect(limitProviderEvent(limited)).toEqual({ event: limited, cut: [] });
      }),
      { numRuns: 50 },
    );
  });
});

it('does not keep the whole text in memory with its cut copy', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const usedMiB = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed / 1024 ** 2;
  };
  const before = usedMiB();
  const kept = Array.from({ length: 40 }, (_, i) => {
    const text = JSON.parse(`"${String(i % 10).repeat(1024 ** 2)}"`) as string;
    return limitProviderEvent(event('utterance.final', { party, text })).event;
  });
  expect(usedMiB() - before).toBeLessThan(20);
  expect(kept).toHaveLength(40);
});

describe('an event of a transcriber', () => {
  const fields = {
    party,
    utteranceId: 'u1',
    text: 'x',
    startMs: 0,
    endMs: 1,
    atMs: 0,
    fromMs: 0,
    toMs: 1,
    reason: 'x',
    state: 'FAILED',
    code: 'x',
    message: 'x',
  };
  const of = (type: string, given: object): TranscriberEvent =>
    ({ type, ...fields, ...given }) as unknown as TranscriberEvent;

  it.each(TRANSCRIBER_EVENT_TYPES)('is within the limits afterwards, and stays valid: %s', (type) => {
    const huge = Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, value === 'x' ? 'x'.repeat(2_000_000) : value]),
    );
    const { event: limited, cut } = limitTranscriberEvent(of(type, huge));
    expect(findTranscriberEventError(limited)).toBeUndefined();
    for (const field of cut) {
      const value = (limited as unknown as Readonly<Record<string, string>>)[field.split('.').at(-1)!]!;
      expect(value.length).toBeLessThanOrEqual(utterance);
    }
    expect(limitTranscriberEvent(limited)).toEqual({ event: limited, cut: [] });
    expect(limitTranscriberEvent(of(type, {})).event).toEqual(of(type, {}));
  });

  it.each([
    ['utterance.partial', 'text', utterance],
    ['utterance.final', 'text', utterance],
    ['utterance.revised', 'text', utterance],
    ['gap', 'reason', label],
    ['state', 'code', label],
    ['state', 'message', label],
  ])('of type %s is cut in its %s', (type, field, most) => {
    const { event: limited, cut } = limitTranscriberEvent(of(type, { [field]: 'x'.repeat(most + 1) }));
    expect(limited).toEqual(of(type, { [field]: 'x'.repeat(most) }));
    expect(cut).toEqual([`${type}.${field}`]);
  });
});

it('limits the data of a call, whose events add to it', () => {
  const id = 'c1' as CallId;
  const started: CallFact = {
    type: 'CALL_STARTED',
    providerId: providerId('p'),
    providerCallId: providerCallId('x'),
    status: 'IN_PROGRESS',
    details: { providerData: { first: 1 } },
  };
  let call = evolve(undefined, id, started, 0);
  for (let i = 0; i < 50; i++) {
    const providerData = { [`key${i}`]: 'x'.repeat(50_000) };
    const fact: CallFact =
      i % 2 === 0
        ? { type: 'CALL_REPORTED', providerData }
        : { type: 'CALL_UPDATED', details: { providerData } };
    call = evolve(call, id, fact, i);
  }
  expect(Object.keys(call.providerData!)).toEqual(['first', 'key0', 'key1', 'key2', 'key3', 'key4']);
});
