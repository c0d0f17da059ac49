/** Sends webhooks in a process of its own, so that the CPU time of the daemon is not that of its sender too. */
import { Agent } from 'node:http';
import { atIntervals, inTurn, post } from '../support/http-load.ts';
import { percentile } from '../support/report.ts';
import { CALLS, EVENTS, type Kind, type Load, type Sent } from './load.ts';
import { reportOf } from './reports.ts';

const events = (kind: Kind) => (): string => JSON.stringify({ kind, calls: CALLS, events: EVENTS });
const BODIES: Readonly<Record<Kind, (at: number) => string>> = {
  reports: reportOf,
  utterances: events('utterances'),
  speech: events('speech'),
};

process.on('message', (load: Load) => void run(load).then((sent) => process.send!(sent)));
process.stdout.write('ready sender\n');

async function run({ url, kind, atOnce, seconds, rate }: Load): Promise<Sent> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const statuses: Record<string, number> = {};
  const times: number[] = [];
  let at = Date.now() - 90 * 24 * 3_600_000;
  const send = async (): Promise<void> => {
    const body = BODIES[kind]((at += 1000));
    const started = performance.now();
    const { status } = await post(agent, url, body);
    times.push(performance.now() - started);
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  await (rate === undefined ? inTurn(send, atOnce, seconds) : atIntervals(send, 1000 / rate, seconds));
  agent.destroy();
  return { statuses, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}
