import { providerId } from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { appliesTo, cutoffOf, rulesOf } from '../../../src/calls/retention/rules.ts';
import { configSchema } from '../../../src/config/schema.ts';

const plugin = 'x';
const rules = (retention: object, providers: object = {}) =>
  rulesOf(configSchema.parse({ retention, providers }));

describe('the rules of retention', () => {
  test('are none by default', () => {
    expect(rules({}, { one: { plugin } })).toEqual([]);
  });

  test('apply to all providers without a setting of their own', () => {
    const [own, others, ...none] = rules(
      { transcriptDays: 30 },
      {
        short: { plugin, retention: { transcriptDays: 7 } },
        kept: { plugin, retention: { transcriptDays: 0 } },
        plain: { plugin },
      },
    );
    const ids = ['short', 'kept', 'plain', 'no-longer-configured'].map(providerId);
    expect(ids.filter((id) => appliesTo(own!, id))).toEqual(['short']);
    expect(ids.filter((id) => appliesTo(others!, id))).toEqual(['plain', 'no-longer-configured']);
    expect([own!.days, others!.days, none]).toEqual([7, 30, []]);
  });

  test('have another key when the settings change, so that their progress starts again', () => {
    const keys = [
      ...rules({ noteDays: 30 }),
      ...rules({ noteDays: 7 }),
      ...rules({ callDays: 30 }),
      ...rules({ noteDays: 30 }, { one: { plugin, retention: { noteDays: 0 } } }),
      ...rules({}, { one: { plugin, retention: { noteDays: 30 } } }),
    ].map(({ key }) => key);
    expect(new Set(keys).size).toBe(5);
  });

  test('count days of 24 hours', () => {
    expect(cutoffOf({ days: 2 }, 200_000_000)).toBe(200_000_000 - 172_800_000);
  });
});

test.each([[{ callDays: -1 }], [{ callDays: 36_501 }], [{ noteDays: '7 days' }], [{ dayss: 1 }]])(
  'rejects %j',
  (retention) => {
    expect(configSchema.safeParse({ retention }).success).toBe(false);
  },
);
