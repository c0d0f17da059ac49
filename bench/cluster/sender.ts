/** Sends webhooks and commands, in a process of its own: its time is not that of the daemons, nor of the subscribers. */
import { Agent } from 'node:http';
import { atIntervals, inTurn, post, type Answer } from '../support/http-load.ts';
import type { Sent, Target, Task } from './tasks.ts';
import { begunWebhook, startVapi, utteranceWebhook } from './vapi.ts';

const MAX_SOCKETS = 64;
const ID = 'query ($call: String!) { callByProviderId(providerId: "vapi", providerCallId: $call) { id } }';
const SAY = `mutation ($id: ID!, $text: String!) { say(input: { callId: $id, content: $text }) {
  failure { code } command { status } } }`;

type Send = (target: Target) => Promise<Answer>;

const vapi = await startVapi();
const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });

process.on('message', (task: Task) => {
  // A rejection ends this process, and with it the benchmark.
  void run(task).then((sent) => process.send!(sent));
});
process.stdout.write(`ready ${vapi}\n`);

async function run(task: Task): Promise<Sent> {
  if (task.kind !== 'begin')
    return repeat(task, task.kind === 'utterances' ? utterance : await commander(task.targets));
  const answers = await Promise.all(task.targets.map(begin));
  return { ...summed(answers.map(outcomeOf)), times: [], seconds: 0 };
}

const webhookUrl = ({ url }: Target): string => `${url}providers/vapi/webhook`;
const begin: Send = (target) => post(agent, webhookUrl(target), begunWebhook(target.call, vapi));
const utterance: Send = (target) => post(agent, webhookUrl(target), utteranceWebhook(target.call, vapi));

/** Returns what sends a command to the call of a target. */
async function commander(targets: readonly Target[]): Promise<Send> {
  const ask = ({ url }: Target, query: string, variables: object): Promise<Answer> =>
    post(agent, `${url}graphql`, JSON.stringify({ query, variables }));
  const ids = new Map<string, string>();
  for (const target of targets) {
    const { text } = await ask(target, ID, { call: target.call });
    const id = /"id":"([^"]+)"/.exec(text)?.[1];
    if (id === undefined) throw new Error(`the call ${target.call} was not found: ${text}`);
    ids.set(target.call, id);
  }
  return (target) => ask(target, SAY, { id: ids.get(target.call), text: 'One moment, please.' });
}

/** The status of a webhook, or that of a command. */
const outcomeOf = ({ status, text }: Answer): string =>
  text.startsWith('{"data"') || text.startsWith('{"errors"')
    ? (/"status":"(\w+)"/.exec(text)?.[1] ?? text)
    : String(status);
const EXPECTED = new Set(['200', 'ACCEPTED', 'CONFIRMED']);

async function repeat(
  { targets, seconds, rate, atOnce = 1 }: Exclude<Task, { kind: 'begin' }>,
  send: Send,
): Promise<Sent> {
  const outcomes: string[] = [];
  const times: number[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    const started = performance.now();
    const answer = await send(targets[next++ % targets.length]!);
    times.push(performance.now() - started);
    outcomes.push(outcomeOf(answer));
  };
  const started = performance.now();
  await (rate === undefined ? inTurn(one, atOnce, seconds) : atIntervals(one, 1000 / rate, seconds));
  return { ...summed(outcomes), times, seconds: (performance.now() - started) / 1000 };
}

function summed(outcomes: readonly string[]): Pick<Sent, 'done' | 'failures'> {
  const failures: Record<string, number> = {};
  let done = 0;
  for (const outcome of outcomes)
    if (EXPECTED.has(outcome)) done += 1;
    else failures[outcome] = (failures[outcome] ?? 0) + 1;
  return { done, failures };
}
