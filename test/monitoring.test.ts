/** Compares the alert rules, the dashboard of Grafana and their guide with the metrics. */
import { execFileSync, spawnSync } from 'node:child_process';
import { CALL_STATUSES, COMMAND_STATUSES, PROVIDER_STATES } from '@sidetone/core';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { COUNTED_LIMITS } from '../packages/daemon/src/composition/metrics/limits.ts';
import { METRICS } from '../packages/daemon/src/metrics/catalogue.ts';
import { read, rowsOf } from './support/documents.ts';

const FOLDER = 'deploy/prometheus';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}
const { groups } = parse(read(`${FOLDER}/alerts.yaml`)) as { groups: readonly { rules: readonly Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}
const { panels } = JSON.parse(read('deploy/grafana/sidetone.json')) as { panels: readonly Panel[] };
const targets = panels.flatMap(({ title, targets: each = [] }) =>
  each.map((target) => ({ title, ...target })),
);

/** Metrics of Prometheus itself, and of the library, which are used here. */
const OTHERS = [
  'up',
  'nodejs_eventloop_lag_p50_seconds',
  'nodejs_eventloop_lag_p99_seconds',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
];
const SCRAPED = ['instance', 'job'];

/** The values of labels that the expressions compare with. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  state: PROVIDER_STATES,
  status: [...CALL_STATUSES, ...COMMAND_STATUSES],
  result: ['accepted', 'rejected', 'failed', 'COMPLETE', 'FAILED'],
  kind: ['listening', 'recording', 'transcript'],
  statistic: ['max', 'sum'],
  folder: ['database', 'recordings'],
  queue: rowsOf('docs/reference/metrics.md').map(([name]) => name!.replaceAll('`', '')),
  limit: Object.keys(COUNTED_LIMITS),
};

/** Returns the labels that a series of this name has; undefined if there is no such metric. */
function labelsOf(series: string): readonly string[] | undefined {
  if (OTHERS.includes(series)) return SCRAPED;
  const metrics: Readonly<Record<string, { readonly type: string; readonly labels: readonly string[] }>> =
    METRICS;
  const histogram = series.replace(/_(?:bucket|sum|count)$/, '');
  if (histogram !== series && metrics[histogram]?.type === 'histogram')
    return [...SCRAPED, ...metrics[histogram].labels, ...(series.endsWith('_bucket') ? ['le'] : [])];
  const metric = metrics[series];
  return metric && metric.type !== 'histogram' ? [...SCRAPED, ...metric.labels] : undefined;
}

/** Returns what an expression uses that does not exist: metrics, labels, and values of labels. */
function mistakesIn(expr: string): string[] {
  const selectors = [...expr.matchAll(/\b(up|(?:sidetone|nodejs|process)_\w+)(?:\{([^}]*)\})?/g)];
  const known = new Set<string>();
  const mistakes = selectors.flatMap(([, series, matchers = '']) => {
    const labels = labelsOf(series!);
    if (!labels) return [series!];
    for (const label of labels) known.add(label);
    return [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/g)].flatMap(([, label, text]) => {
      if (!labels.includes(label!)) return [`${series}{${label}}`];
      const allowed = VALUES[label!];
      return allowed ? text!.split('|').filter((value) => !allowed.includes(value)) : [];
    });
  });
  const grouped = [...expr.matchAll(/\b(?:by|on|without|ignoring) \(([^)]*)\)/g)].flatMap(([, list]) =>
    list!.split(',').map((label) => label.trim()),
  );
  return [
    ...(selectors.length === 0 ? ['no metric'] : []),
    ...mistakes,
    ...grouped.filter((label) => !known.has(label)),
  ];
}

/** Returns the labels that a text shows, as `{{label}}` or `{{ $labels.label }}`. */
const shownIn = (text: string): string[] =>
  [...text.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, label]) => label!);

test('the check of expressions finds a metric, a label and a value that do not exist', () => {
  expect(mistakesIn('sidetone_redy == 0')).toEqual(['sidetone_redy']);
  expect(mistakesIn('sidetone_ready{provider="vapi"}')).toEqual(['sidetone_ready{provider}']);
  expect(mistakesIn('sidetone_provider_state{state="BROKEN"}')).toEqual(['BROKEN']);
  expect(mistakesIn('sum by (reason) (sidetone_webhooks_total)')).toEqual(['reason']);
  expect(mistakesIn('rate(sidetone_commit_duration_seconds[5m])')).toEqual([
    'sidetone_commit_duration_seconds',
  ]);
});

describe('an alert', () => {
  test.each(rules)('$alert uses only metrics and labels that exist', ({ expr, annotations }) => {
    expect(mistakesIn(expr)).toEqual([]);
    const available = [...expr.matchAll(/\b(?:up|(?:sidetone|nodejs|process)_\w+)/g)].flatMap(
      ([series]) => labelsOf(series) ?? [],
    );
    expect(available).toEqual(expect.arrayContaining(shownIn(annotations.summary)));
    const [, grouping] = /\bby \(([^)]*)\)/.exec(expr) ?? [];
    if (grouping !== undefined)
      expect(grouping.split(', ')).toEqual(expect.arrayContaining(shownIn(annotations.summary)));
  });

  test('is explained in the guide', () => {
    const headings = [...read('docs/guide/monitor.md').matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    expect(headings).toEqual(rules.map(({ alert }) => alert));
  });

  test('has a known severity', () => {
    expect(new Set(rules.map(({ labels }) => labels.severity))).toEqual(
      new Set(['critical', 'warning', 'info']),
    );
  });

  const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
  test.skipIf(!hasPromtool)('is accepted by Prometheus, and fires as its tests say', () => {
    execFileSync('promtool', ['check', 'rules', `${FOLDER}/alerts.yaml`]);
    execFileSync('promtool', ['test', 'rules', `${FOLDER}/alerts.test.yaml`]);
    execFileSync('promtool', ['check', 'config', `${FOLDER}/prometheus.yaml`]);
  });
});

describe('the dashboard', () => {
  test.each(targets)('$title uses only metrics and labels that exist: $legendFormat', (target) => {
    const expr = target.expr.replaceAll('$instance', 'a').replaceAll('$__rate_interval', '5m');
    expect(mistakesIn(expr)).toEqual([]);
    const available = [...expr.matchAll(/\b(?:(?:sidetone|nodejs|process)_\w+)/g)].flatMap(
      ([series]) => labelsOf(series) ?? [],
    );
    expect(available).toEqual(expect.arrayContaining(shownIn(target.legendFormat)));
  });

  test('shows every metric except those that others imply', () => {
    const all = targets.map(({ expr }) => expr).join('\n');
    const hidden = Object.keys(METRICS).filter((name) => !new RegExp(`${name}(?:_bucket)?\\b`).test(all));
    expect(hidden).toEqual([
      'sidetone_build_info',
      'sidetone_log_lines_dropped_total',
      'sidetone_trace_spans_total',
      'sidetone_calls_started_total',
      'sidetone_store_failed',
      'sidetone_store_failures_total',
      'sidetone_store_connections',
      'sidetone_capture_lines_total',
      'sidetone_capture_on',
      'sidetone_transcriber_state',
      'sidetone_plugin_events_rejected_total',
      'sidetone_plugin_blocked_longest_seconds',
      'sidetone_isolated_socket_pauses_total',
      'sidetone_audio_missing_frames_total',
      'sidetone_recorded_bytes_total',
      'sidetone_recording_saved_bytes_total',
    ]);
  });
});
