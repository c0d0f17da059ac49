/** Sends requests as fast as they are answered, or at even intervals, and measures how long the responses take. */
import { request, type Agent } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** Repeats a task for a time: each of `atOnce` begins when the one before it has ended. */
export async function inTurn(task: () => Promise<void>, atOnce: number, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000;
  const repeat = async (): Promise<void> => {
    while (performance.now() < end) await task();
  };
  await Promise.all(Array.from({ length: atOnce }, repeat));
}

/** Begins a task at even intervals. One that takes long delays no other one. */
export async function atIntervals(
  task: () => Promise<void>,
  intervalMs: number,
  seconds: number,
): Promise<void> {
  const started = performance.now();
  const sent: Promise<void>[] = [];
  for (let due = 0; due < seconds * 1000; due += intervalMs) {
    const early = due - (performance.now() - started);
    if (early > 1) await wait(early);
    sent.push(task());
  }
  await Promise.all(sent);
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Sends JSON and resolves with the complete response. */
export function post(agent: Agent, url: string | URL, body: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () =>
        resolve({ status: response.statusCode!, text: Buffer.concat(chunks).toString() }),
      );
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}
