/** Sends webhooks in a process of its own, so that the CPU time of the daemon is not that of its sender too. */
import { Agent, request } from 'node:http';
import { percentile } from '../support/report.ts';
import { CALLS, EVENTS, type Load, type Sent } from './load.ts';
import { reportOf } from './reports.ts';

const BODIES = { reports: reportOf, events: () => JSON.stringify({ calls: CALLS, events: EVENTS }) };

process.on('message', (load: Load) => void run(load).then((sent) => process.send!(sent)));
process.stdout.write('ready sender\n');

async function run({ url, kind, atOnce, seconds }: Load): Promise<Sent> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const statuses: Record<string, number> = {};
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  let at = Date.now() - 90 * 24 * 3_600_000;
  const send = async (): Promise<void> => {
    while (performance.now() < end) {
      const body = BODIES[kind]((at += 1000));
      const started = performance.now();
      const status = await post(agent, url, body);
      times.push(performance.now() - started);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, send));
  agent.destroy();
  return { statuses, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

function post(agent: Agent, url: string, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode!));
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
