/** The first five minutes of a new user: `sidetone demo`, a stock client, Ctrl-C. */
import { execFileSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { collect, connect, problemsIn, query, tempDir, until, type Json } from './support/daemon.ts';
import { sidetone } from './support/process.ts';

const dir = tempDir();

async function startDemo() {
  const process = sidetone(['demo', '--port', '0', '--data', dir, '--calls', '1']);
  const [, url] = await process.saw(/GraphiQL\s+(http\S+)graphql/);
  return { ...process, url: url! };
}

const liveCalls =
  '{ calls(filter: { live: true, statuses: [IN_PROGRESS] }) { nodes { id provider { id } } } }';

const callOf = (url: string, provider: string): Promise<string> =>
  until(async () => {
    const { calls } = await query(url, liveCalls);
    return (calls.nodes as Json[]).find((call) => call.provider.id === provider)?.id as string | undefined;
  }, `a live call of ${provider}`);

/** Returns the running child processes of a process. */
function childrenOf(pid: number): string[] {
  try {
    return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)])
      .toString()
      .trim()
      .split(/\s+/);
  } catch {
    return [];
  }
}

const isRunning = (pid: string): boolean => {
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
};

describe('the demo', () => {
  test('has live calls of each provider, with levels and transcripts for a stock client', async () => {
    const demo = await startDemo();
    const client = connect(demo.url);
    const levels = collect(
      client,
      'subscription { audioLevels(intervalMs: 100) { levels { callId parties { party rmsDb peakDb speaking } } } }',
    );
    for (const provider of ['vapi', 'vobiz']) {
      const callId = await callOf(demo.url, provider);
      const reading = await until(
        () =>
          levels.items
            .flatMap((item) => item.audioLevels.levels as Json[])
            .filter((level) => level.callId === callId)
            .flatMap((level) => level.parties as Json[])
            .find((party) => party.speaking && party.rmsDb > -40),
        `somebody speaks in the call of ${provider}`,
      );
      expect(['CUSTOMER', 'ASSISTANT']).toContain(reading.party);
      expect(reading.peakDb).toBeGreaterThan(reading.rmsDb);
    }
    const transcripts = await Promise.all(
      ['vapi', 'vobiz'].map(async (provider) =>
        collect(
          client,
          'subscription ($id: ID!) { transcript(callId: $id) { cursor utterance { id text isFinal party } } }',
          { id: await callOf(demo.url, provider) },
        ),
      ),
    );
    for (const { items } of transcripts) {
      const wasShown = ({ utterance: { id, isFinal } }: Json): boolean =>
        isFinal && items.some(({ transcript: { utterance } }) => !utterance.isFinal && utterance.id === id);
      const final = await until(
        () => items.find(({ transcript }) => wasShown(transcript)),
        'a partial and its final',
      );
      expect(final.transcript.cursor).toBeTypeOf('string');
    }
    expect(problemsIn(demo.stderr())).toEqual([]);
  });

  test('stops the daemon and the simulator on Ctrl-C', async () => {
    const demo = await startDemo();
    const children = childrenOf(demo.pid);
    expect(children.length).toBeGreaterThan(0);
    expect(await demo.end('SIGINT')).toBe(0);
    expect(children.filter(isRunning)).toEqual([]);
    expect(problemsIn(demo.stderr())).toEqual([]);
  });

  test('leaves no simulator running when it is killed', async () => {
    const demo = await startDemo();
    const children = childrenOf(demo.pid);
    await demo.end('SIGKILL');
    await until(() => !children.some(isRunning), 'the end of the simulator');
  });

  test('prints one line with a remedy when its port is in use', async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) => {
      holder.listen(0, '127.0.0.1', () => resolve((holder.address() as AddressInfo).port));
    });
    const demo = sidetone(['demo', '--port', String(port), '--data', dir]);
    expect(await demo.exit()).toBe(78);
    expect(demo.stderr()).toBe(
      `sidetone: port ${port} of 127.0.0.1 is already in use. Stop the other program, which may be another daemon, or choose another port with \`--port\` or \`server.port\`. [PORT_IN_USE]\n`,
    );
    holder.close();
  });
});

test('`sidetone --version` and `--help` print the version and the commands', async () => {
  const version = sidetone(['--version']);
  expect([await version.exit(), version.stdout()]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  const linked = execFileSync('node_modules/.bin/sidetone', ['--version']).toString();
  expect(linked).toBe(version.stdout());
  const help = sidetone(['--help']);
  await help.exit();
  expect(help.stdout()).toMatch(/start[\s\S]*demo/);
});
