/** Evaluates the alert rules of `deploy/` over scraped metrics with Prometheus' own promtool. Tests are skipped without it. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { tempDir } from './daemon.ts';

const PROMTOOL = process.env['PROMTOOL'] ?? 'promtool';

/** Whether promtool is installed. */
export const hasPromtool = spawnSync(PROMTOOL, ['--version']).status === 0;
/** A suffix for the names of skipped tests. */
export const PROMTOOL_SKIP_REASON = hasPromtool
  ? ''
  : ' (skipped: promtool not found, also not at $PROMTOOL)';

/** Values of a series by the minute of their scrape; missing where a scrape does not have it. */
type Series = ReadonlyMap<string, readonly (string | undefined)[]>;

/**
 * Returns the series of scrapes, one a minute, with the labels that Prometheus adds. promtool starts its clock at 0, so instants are
 * changed to count from the first scrape.
 */
export function seriesOf(
  scrapes: readonly string[],
  added: Readonly<Record<string, string>>,
  startMs: number,
): Series {
  const labels = Object.entries(added).map(([name, value]) => `${name}="${value}"`);
  const series = new Map<string, (string | undefined)[]>();
  for (const [minute, scrape] of scrapes.entries()) {
    for (const [, name, own = '', value] of scrape.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)) {
      const key = `${name}{${[...(own ? [own] : []), ...labels].join(',')}}`;
      const values = series.get(key) ?? Array<undefined>(scrapes.length).fill(undefined);
      values[minute] = name!.endsWith('_timestamp_seconds') ? String(Number(value) - startMs / 1000) : value;
      series.set(key, values);
    }
  }
  return series;
}

export interface FiredAlert {
  readonly alertname: string;
  readonly minute: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Requires that exactly these alerts fire at these minutes. @throws with the report of promtool if they do not */
export function expectAlerts(
  rules: string,
  series: Series,
  names: readonly string[],
  minutes: readonly number[],
  fired: readonly FiredAlert[],
): void {
  const file = join(tempDir(), 'test.yaml');
  const expected = (alertname: string, minute: number): object[] =>
    fired
      .filter((alert) => alert.alertname === alertname && alert.minute === minute)
      .map(({ labels, summary }) => ({ exp_labels: labels, exp_annotations: { summary } }));
  const tests = {
    rule_files: [resolve(rules)],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: [...series].map(([key, values]) => ({
          series: key,
          values: values.map((value) => value ?? '_').join(' '),
        })),
        alert_rule_test: minutes.flatMap((minute) =>
          names.map((alertname) => ({
            eval_time: `${minute}m`,
            alertname,
            exp_alerts: expected(alertname, minute),
          })),
        ),
      },
    ],
  };
  writeFileSync(file, stringify(tests, { lineWidth: 0 }));
  const { status, stdout, stderr } = spawnSync(PROMTOOL, ['test', 'rules', file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`promtool: ${stdout}${stderr}`);
}
