/** Follows the guide to monitoring: the metrics of a running daemon, judged by the alert rules of `deploy/prometheus`. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { startDaemon, tempDir, until, writeConfig, type Json } from './support/daemon.ts';
import { freePort } from './support/ports.ts';
import { simulator } from './support/process.ts';
import { expectAlerts, hasPromtool, PROMTOOL_SKIP_REASON, seriesOf } from './support/promtool.ts';
import { createWallClock, hasWallClock, WALL_CLOCK_SKIP_REASON } from './support/wall-clock.ts';

const FOLDER = 'deploy/prometheus';
const MINUTE_MS = 60_000;
/** The minute at which the other provider has one more call. */
const SECOND_CALL = 30;
const MINUTES = 70;

const read = (file: string): string => readFileSync(file, 'utf8');
const { groups } = parse(read(`${FOLDER}/alerts.yaml`)) as { groups: { rules: Json[] }[] };
const names = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert as string));
const [, setting] = /```yaml\n(metrics:[^]*?)```/.exec(read('docs/guide/monitor.md'))!;
const { scrape_configs: jobs } = parse(read(`${FOLDER}/prometheus.yaml`)) as { scrape_configs: Json[] };

test.skipIf(!hasPromtool || !hasWallClock)(
  `an alert fires an hour after a provider went quiet, and no other alert${PROMTOOL_SKIP_REASON}${WALL_CLOCK_SKIP_REASON}`,
  async () => {
    const [dir, cloud, port] = [tempDir(), await simulator(), await freePort()];
    const clock = createWallClock(dir);
    const { metrics } = parse(setting!) as { metrics: { port: number } };
    const [target] = jobs[0].static_configs[0].targets as string[];
    expect(target).toBe(`127.0.0.1:${metrics.port}`);
    const extra = stringify({ metrics: { port } });
    const daemon = await startDaemon(writeConfig(dir, cloud, { extra }), undefined, clock.env);
    await cloud.pointAt(daemon.url);
    const scrape = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const lastEvent = (metricsText: string, provider: string): number =>
      Number(
        new RegExp(`^sidetone_last_event_timestamp_seconds\\{provider="${provider}"\\} (\\S+)$`, 'm').exec(
          metricsText,
        )?.[1] ?? Number.NaN,
      );
    const play = async (provider: 'vapi' | 'vobiz'): Promise<void> => {
      const id = await cloud.startCall(provider, 'brief');
      await until(async () => (await cloud.state(id)).startedAt !== null, `the answer of ${provider}`);
      await cloud.send('POST', `calls/${id}/hangup`, {});
      await until(async () => (await cloud.state(id)).over, `the end of the call of ${provider}`);
    };

    await Promise.all([play('vapi'), play('vobiz')]);
    const startMs = Date.now();
    const scrapes = [await scrape()];
    while (scrapes.length <= MINUTES) {
      clock.step(MINUTE_MS);
      if (scrapes.length === SECOND_CALL) await play('vobiz');
      scrapes.push(await scrape());
    }
    expect(lastEvent(scrapes.at(-1)!, 'vapi')).toBe(lastEvent(scrapes[0]!, 'vapi'));
    expect(lastEvent(scrapes.at(-1)!, 'vobiz')).toBeGreaterThan(lastEvent(scrapes[0]!, 'vobiz'));

    const added = { instance: target!, job: jobs[0].job_name as string };
    const series = new Map([
      ...seriesOf(scrapes, added, startMs),
      ...seriesOf(Array<string>(scrapes.length).fill('up 1'), added, startMs),
    ]);
    expectAlerts(
      `${FOLDER}/alerts.yaml`,
      series,
      names,
      [10, 59, 63, MINUTES],
      [
        {
          alertname: 'SidetoneProviderQuiet',
          minute: MINUTES,
          labels: { ...added, provider: 'vapi', severity: 'warning' },
          summary: 'No event of the provider vapi for an hour',
        },
      ],
    );
  },
);
