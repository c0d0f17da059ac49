import { describe, expect, test } from 'vitest';
import { alertOf, newlyNeeded } from '../page/attention/alerts.ts';
import { createLevelWatch, MIN_SAMPLES } from '../page/attention/level-watch.ts';
import { attentionOf, compareReasons, reasonsOf, type WatchedCall } from '../page/attention/reasons.ts';
import { DEFAULT_THRESHOLDS, RULE_IDS, type RuleId, type Thresholds } from '../page/attention/rules.ts';
import { safeStorage } from '../page/browser/storage.ts';
import { createSettingsStore, DEFAULT_SETTINGS, parseSettings } from '../page/attention/settings.ts';
import { NO_SIGNALS, nextSignals } from '../page/attention/signals.ts';
import { callOf } from './support/calls.ts';

const [CUSTOMER, ASSISTANT] = [['CUSTOMER'], ['ASSISTANT']] as const;
const BOTH = ['CUSTOMER', 'ASSISTANT'] as const;
const NONE = [] as const;

type Speakers = Parameters<typeof nextSignals>[1];
type Change = readonly [at: number, speakers: Speakers];

/** The signals after speakers that change at a time each. */
function after(changes: readonly Change[]) {
  let signals = NO_SIGNALS;
  let before: Speakers;
  for (const [at, speakers] of changes) {
    signals = nextSignals(signals, before, speakers, at);
    before = speakers;
  }
  return signals;
}

describe('the signals of a conversation', () => {
  test.each([
    [
      'silence lasts since both are silent',
      [
        [0, CUSTOMER],
        [10, NONE],
        [20, NONE],
      ],
      { silentSince: 10 },
    ],
    [
      'silence ends with speech',
      [
        [0, NONE],
        [10, ASSISTANT],
      ],
      { silentSince: undefined },
    ],
    [
      'both speak since the second started',
      [
        [0, CUSTOMER],
        [10, BOTH],
        [20, BOTH],
      ],
      { bothSince: 10 },
    ],
    [
      'they no longer both speak',
      [
        [0, BOTH],
        [10, CUSTOMER],
      ],
      { bothSince: undefined },
    ],
    [
      'the customer waits since the end of the question',
      [
        [0, CUSTOMER],
        [10, NONE],
        [20, NONE],
      ],
      { waitingSince: 10 },
    ],
    [
      'the customer does not wait after an answer',
      [
        [0, CUSTOMER],
        [10, NONE],
        [20, ASSISTANT],
        [30, NONE],
      ],
      { waitingSince: undefined },
    ],
    [
      'the customer who continues does not wait',
      [
        [0, CUSTOMER],
        [10, NONE],
        [20, CUSTOMER],
      ],
      { waitingSince: undefined },
    ],
    [
      'the assistant who pauses makes no customer wait',
      [
        [0, ASSISTANT],
        [10, NONE],
      ],
      { waitingSince: undefined },
    ],
    [
      'nothing is known without audio',
      [
        [0, CUSTOMER],
        [10, NONE],
        [20, undefined],
      ],
      NO_SIGNALS,
    ],
  ] as const)('%s', (_name, changes, expected) => {
    expect(after(changes)).toMatchObject(expected);
  });
});

const NOW = Date.parse('2026-01-05T09:30:00.000Z');
const watched = (change: Partial<WatchedCall> = {}): WatchedCall => ({
  ...callOf('a', { answeredAt: '2026-01-05T09:29:00.000Z' }),
  signals: NO_SIGNALS,
  ...change,
});
const only = (rule: RuleId, value: number): Thresholds =>
  Object.fromEntries(
    RULE_IDS.map((id) => [id, { isOn: id === rule, value: id === rule ? value : 1 }]),
  ) as unknown as Thresholds;
const rulesOf = (call: WatchedCall, thresholds: Thresholds, level?: { lowDb: number; highDb: number }) =>
  reasonsOf(call, level, thresholds, NOW).map(({ rule }) => rule);

describe('the rules', () => {
  const since = (field: keyof typeof NO_SIGNALS, ago: number) =>
    watched({ signals: { ...NO_SIGNALS, [field]: NOW - ago } });

  test.each([
    ['silence', 'silentSince', 20],
    ['talkOver', 'bothSince', 5],
    ['waiting', 'waitingSince', 8],
  ] as const)('%s needs attention from its threshold on', (rule, field, seconds) => {
    const thresholds = only(rule, seconds);
    expect(rulesOf(since(field, seconds * 1000 - 1), thresholds)).toEqual([]);
    expect(rulesOf(since(field, seconds * 1000), thresholds)).toEqual([rule]);
    expect(rulesOf(watched(), thresholds)).toEqual([]);
  });

  test('a call that lasts too long, counted from its answer', () => {
    const call = watched({ answeredAt: '2026-01-05T09:20:00.000Z' });
    expect(rulesOf(call, only('long', 10))).toEqual(['long']);
    expect(rulesOf(call, only('long', 11))).toEqual([]);
    expect(rulesOf({ ...call, answeredAt: null }, only('long', 1))).toEqual([]);
  });

  test('a customer who waits for the call to be answered, but not one who is called', () => {
    const call = watched({ status: 'RINGING', createdAt: '2026-01-05T09:29:00.000Z', answeredAt: null });
    expect(rulesOf(call, only('waiting', 60))).toEqual(['waiting']);
    expect(rulesOf({ ...call, direction: 'OUTBOUND' }, only('waiting', 60))).toEqual([]);
  });

  test('speech that is too quiet or too loud', () => {
    expect(rulesOf(watched(), only('quiet', -50), { lowDb: -51, highDb: -20 })).toEqual(['quiet']);
    expect(rulesOf(watched(), only('quiet', -50), { lowDb: -49, highDb: -20 })).toEqual([]);
    expect(rulesOf(watched(), only('loud', -10), { lowDb: -51, highDb: -9 })).toEqual(['loud']);
    expect(rulesOf(watched(), only('loud', -10), undefined)).toEqual([]);
  });

  test('no rule that is off, and none of an ended call', () => {
    const call = since('silentSince', 600_000);
    const off = { ...only('silence', 1), silence: { isOn: false, value: 1 } };
    expect(rulesOf(call, off)).toEqual([]);
    expect(rulesOf({ ...call, isLive: false }, only('silence', 1))).toEqual([]);
  });

  test('are in the order of their importance', () => {
    const call = watched({
      answeredAt: '2026-01-05T08:00:00.000Z',
      signals: { silentSince: 0, waitingSince: 0, bothSince: undefined },
    });
    expect(rulesOf(call, DEFAULT_THRESHOLDS)).toEqual(['waiting', 'silence', 'long']);
  });
});

describe('the level of speech', () => {
  const sample = (rmsDb: number, speaking = true) => [
    { callId: 'a', parties: [{ party: 'CUSTOMER' as const, rmsDb, speaking }] },
  ];

  test('is the mean of samples with speech, and unknown until there are enough', () => {
    const watch = createLevelWatch();
    for (let i = 0; i < MIN_SAMPLES - 1; i++) watch.add(sample(i % 2 ? -60 : -40));
    for (let i = 0; i < 50; i++) watch.add(sample(-90, false));
    expect(watch.levelOf('a')).toBeUndefined();
    watch.add(sample(-60));
    expect(watch.levelOf('a')!.lowDb).toBeCloseTo(-50, 0);
  });

  test('is that of the quietest and of the loudest party, and follows changes', () => {
    const watch = createLevelWatch();
    const add = (customer: number, assistant: number) =>
      watch.add([
        {
          callId: 'a',
          parties: [
            { party: 'CUSTOMER', rmsDb: customer, speaking: true },
            { party: 'ASSISTANT', rmsDb: assistant, speaking: true },
          ],
        },
      ]);
    for (let i = 0; i < MIN_SAMPLES; i++) add(-55, -5);
    expect(watch.levelOf('a')).toMatchObject({ lowDb: -55, highDb: -5 });
    for (let i = 0; i < 200; i++) add(-30, -20);
    expect(watch.levelOf('a')!.lowDb).toBeCloseTo(-30, 0);
    watch.keep(new Map());
    expect(watch.size).toBe(0);
  });
});

describe('the attention of all calls', () => {
  const calls = ['a', 'b'].map((id) => ({ ...watched(), id }));
  const silent = [{ rule: 'silence', since: 5 }] as const;

  test('stays the same object while nothing changes', () => {
    const first = attentionOf(new Map(), calls, ({ id }) => (id === 'a' ? [...silent] : []));
    expect([...first.keys()]).toEqual(['a']);
    const second = attentionOf(first, calls, ({ id }) => (id === 'a' ? [...silent] : []));
    expect(second).toBe(first);
    const third = attentionOf(first, calls, () => [...silent]);
    expect(third.get('a')).toBe(first.get('a'));
    expect([...attentionOf(third, calls, () => []).keys()]).toEqual([]);
  });

  test('orders calls by the importance of their reason, then by its age, and those without any last', () => {
    const of = (rule: RuleId, since: number) => [{ rule, since }];
    const order = [of('long', 1), undefined, of('silence', 9), of('silence', 3), of('waiting', 99)];
    expect(order.toSorted(compareReasons).map((each) => each?.[0])).toEqual([
      { rule: 'waiting', since: 99 },
      { rule: 'silence', since: 3 },
      { rule: 'silence', since: 9 },
      { rule: 'long', since: 1 },
      undefined,
    ]);
  });

  test('is announced once for each call', () => {
    const one = new Map([['a', silent]]);
    const two = new Map([...one, ['b', silent] as const]);
    expect(newlyNeeded(new Map(), one)).toEqual(['a']);
    expect(newlyNeeded(one, two)).toEqual(['b']);
    expect(newlyNeeded(two, one)).toEqual([]);
    const known = new Map(['a', 'b'].map((id) => [id, callOf(id)]));
    expect(alertOf(['a'], known, two)).toEqual({ title: 'Silent', text: '+1 500 555 0001' });
    expect(alertOf(['a', 'b'], known, two).title).toBe('2 calls need attention');
  });
});

describe('the settings', () => {
  test('are read as they were stored, and moved into their bounds', () => {
    const changed = { ...DEFAULT_SETTINGS, sound: true };
    expect(parseSettings(JSON.stringify(changed))).toEqual(changed);
    const odd = { thresholds: { silence: { isOn: 'yes', value: 1e9 }, long: { value: 'x' } }, sound: 1 };
    expect(parseSettings(JSON.stringify(odd)).thresholds).toMatchObject({
      silence: { isOn: true, value: 600 },
      long: DEFAULT_THRESHOLDS.long,
    });
  });

  test.each([null, '', '{', '[]', '"x"', 'null', '{"thresholds":7}'])('are the default for %j', (text) => {
    expect(parseSettings(text)).toEqual(DEFAULT_SETTINGS);
  });

  test('last until the page is left if the browser blocks its storage', () => {
    const store = createSettingsStore(
      safeStorage(() => {
        throw new Error('blocked');
      }),
    );
    store.update({ sound: true });
    expect(store.state().sound).toBe(true);
  });
});
