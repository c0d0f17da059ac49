/** Compares the metrics with their page, and with the page of limits. */
import { describe, expect, test } from 'vitest';
import {
  COUNTED_LIMITS,
  LIMITS_OF_METRICS,
  LIMITS_OF_PLUGINS,
} from '../packages/daemon/src/composition/metrics/limits.ts';
import { METRICS } from '../packages/daemon/src/metrics/catalogue.ts';
import { read, rowsIn, rowsOf } from './support/documents.ts';
import { PACKAGES, sourcesOf } from './support/files.ts';

const PAGE = 'docs/reference/metrics.md';
const names = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);

describe('docs/reference/metrics.md', () => {
  test('lists every metric with its type, labels and meaning', () => {
    const documented = rowsOf(PAGE)
      .filter(([metric]) => metric!.startsWith('`sidetone_'))
      .map(([metric, type, labels, help]) => [names(metric!)[0], { type, labels: names(labels!), help }]);
    expect(Object.fromEntries(documented)).toEqual(METRICS);
  });

  test('lists every counted limit with its metric', () => {
    const [, section = ''] = read(PAGE).split('\n## Limits\n');
    const documented = rowsIn(section)
      .slice(1)
      .map(([limit, metric]) => [names(limit!)[0], names(metric!)[0]]);
    const counted = Object.keys(COUNTED_LIMITS).map((limit) => [limit, 'sidetone_limit_reached_total']);
    const ofPlugins = LIMITS_OF_PLUGINS.map((limit) => [limit, 'sidetone_plugin_limit_reached_total']);
    expect(documented).toEqual([...counted, ...ofPlugins, ...Object.entries(LIMITS_OF_METRICS)]);
  });
});

test('plugins report the limits of the table, and no other', () => {
  const reported = PACKAGES.flatMap(sourcesOf)
    .filter((file) => /packages\/plugin-/.test(file))
    .flatMap((file) => [...read(file).matchAll(/limitReached\?\.\('([^']+)'/g)].map(([, limit]) => limit));
  expect(new Set(reported)).toEqual(new Set(LIMITS_OF_PLUGINS));
});

describe('a limit', () => {
  /** Limits that are counted where no metric can be read. */
  const WITHOUT_METRIC = {
    MAX_LISTED_ERRORS: 'the daemon does not start',
  };
  const readable = new Set([
    ...Object.keys(COUNTED_LIMITS),
    ...Object.keys(LIMITS_OF_METRICS),
    ...LIMITS_OF_PLUGINS,
    ...Object.keys(WITHOUT_METRIC),
  ]);
  const rows = rowsOf('docs/reference/limits.md').filter(([, , set]) => set !== undefined);
  /** Keys and constants, without the names of files. */
  const namesOf = ([, , set]: readonly string[]): string[] =>
    names(set!).filter((name) => !name.endsWith('.ts'));

  test('that is counted can be read as a metric', () => {
    const counted = rows.filter((row) => /\bcounted\b/.test(row.at(-1)!));
    expect(counted.length).toBeGreaterThan(20);
    expect(counted.filter((row) => !namesOf(row).some((name) => readable.has(name)))).toEqual([]);
  });

  test('of a metric is on the page of limits', () => {
    const all = new Set(rows.flatMap(namesOf));
    expect([...readable].filter((name) => !all.has(name))).toEqual([]);
  });
});
