/** Sends webhooks in a process of its own, so that the CPU time of the daemon is not that of its sender too. */
import { Agent, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
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
    const status = await post(agent, url, body);
    times.push(performance.now() - started);
    statuses[status] = (statuses[status] ?? 0) + 1;
  };
  await (rate === undefined ? inTurn(send, atOnce, seconds) : atIntervals(send, 1000 / rate, seconds));
  agent.destroy();
  return { statuses, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

async function inTurn(send: () => Promise<void>, atOnce: number, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000;
  const sendAll = async (): Promise<void> => {
    while (performance.now() < end) await send();
  };
  await Promise.all(Array.from({ length: atOnce }, sendAll));
}

/** A request that is answered late delays no other one. */
async function atIntervals(send: () => Promise<void>, intervalMs: number, seconds: number): Promise<void> {
  const started = performance.now();
  const sent: Promise<void>[] = [];
  for (let due = 0; due < seconds * 1000; due += intervalMs) {
    const early = due - (performance.now() - started);
    if (early > 1) await wait(early);
    sent.push(send());
  }
  await Promise.all(sent);
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
