/**
 * Measures the delay that the relay adds to a voice agent: the same calls, connected directly to the agent, through a minimal
 * relay, and through the daemon, alternating in one run. Uses the built daemon.
 * `npm run bench -- relay --calls 100 --seconds 10 --rounds 2`
 */
import { parseArgs } from 'node:util';
import { request, startDaemon, startProgram, stopPrograms } from '../support/programs.ts';
import { READY } from '../support/ready.ts';
import { printJson, printTable, type Row } from '../support/report.ts';
import { answerCall } from '../support/vobiz.ts';
import type { RoundResult } from './caller.ts';
import type { Summary } from './delays.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '2' },
  },
});
const [calls, seconds, rounds] = [Number(values.calls), Number(values.seconds), Number(values.rounds)];

const daemonConfig = (agentUrl: string): string => `server: { port: 0 }
providers:
  vobiz:
    plugin: '@sidetone/plugin-vobiz'
    options: { answer: { mode: agent }, agentUrl: '${agentUrl}' }
`;

const row = (path: string, direction: string, { frames, p50, p99, max }: Summary): Row => ({
  'path, direction': `${path}, to the ${direction}`,
  frames,
  p50: p50.toFixed(2),
  p99: p99.toFixed(2),
  max: max.toFixed(2),
});

try {
  const agent = await startProgram('bench/relay/agent.ts', [], READY);
  const relay = await startProgram('bench/relay/minimal-relay.ts', [agent.url], READY);
  const daemon = await startDaemon(daemonConfig(agent.url));
  const caller = await startProgram('bench/relay/caller.ts', [], READY);

  const URLS = {
    direct: () => agent.url,
    minimal: () => relay.url,
    sidetone: (callId: string) => answerCall(daemon.url, callId),
  };

  process.stdout.write(
    `${calls} calls, one frame per 20 ms in each direction, ${seconds} s per round; delays in ms\n`,
  );
  const rows: Row[] = [];
  let isComplete = true;
  for (let round = 1; round <= rounds; round++) {
    for (const path of ['direct', 'minimal', 'sidetone'] as const) {
      const ids = Array.from({ length: calls }, (_, index) => `bench-${round}-${index}`);
      const targets = await Promise.all(
        ids.map(async (callId) => ({ callId, url: await URLS[path](callId) })),
      );
      const { sent, returned } = await request<RoundResult>(caller, { calls: targets, seconds });
      const received = await request<Summary>(agent, 'report');
      rows.push(row(path, 'agent', received), row(path, 'caller', returned));
      isComplete &&= received.frames === sent && returned.frames === sent;
    }
  }
  if (!isComplete) throw new Error('frames were lost');
  printTable(rows);
  printJson('relay', rows);
} finally {
  await stopPrograms();
}
