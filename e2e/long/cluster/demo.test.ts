/** `sidetone demo --cluster`: nodes behind one address, one of which is killed, and an end that leaves nothing running. */
import { execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isNatsInstalled } from '../../../packages/daemon/test/nats/support/nats-server.ts';
import { findPrograms, SYSTEM_SEARCH } from '../../../packages/daemon/src/cli/demo-cluster/programs.ts';
import { query, tempDir, until, type Json } from '../../support/daemon.ts';
import { sidetone, type RunningProcess } from '../../support/process.ts';

/** PostgreSQL does not run as root. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

const isInstalled = (() => {
  try {
    findPrograms({ ...SYSTEM_SEARCH(), uid: NOBODY });
    return isNatsInstalled;
  } catch {
    return false;
  }
})();

interface Demo extends RunningProcess {
  readonly url: string;
  /** The process ids of the nodes by name, the newest of each. */
  nodes(): Record<string, number>;
}

async function startDemo(): Promise<Demo> {
  const data = tempDir();
  if (isRoot) chownSync(data, NOBODY, NOBODY);
  const demo = sidetone(
    ['demo', '--cluster', '--port', '0', '--data', data, '--calls', '1'],
    { HOME: data },
    isRoot ? { uid: NOBODY } : {},
  );
  const [, url] = await demo.saw(/Any node\s+(http\S+)/);
  const nodes = (): Record<string, number> =>
    Object.fromEntries(
      [...demo.stdout().matchAll(/^ +(node-\w) .* process (\d+)$/gm)].map(([, name, pid]) => [
        name!,
        Number(pid),
      ]),
    );
  return { ...demo, url: url!, nodes };
}

/** The processes that began after a process, as its descendants. */
function descendantsOf(pid: number): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=']).toString().trim().split('\n');
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
  const children = (parent: number): number[] =>
    pairs.flatMap(([id, of]) => (of === parent ? [id!, ...children(id!)] : []));
  return children(pid);
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const liveCalls = async (url: string): Promise<number> => {
  const { calls } = await query(url, '{ calls(filter: { live: true }) { nodes { id } } }');
  return (calls.nodes as Json[]).length;
};

describe.skipIf(!isInstalled)('the demo of a cluster', () => {
  test('has calls at its address, restarts a node that is killed, and stops on Ctrl-C', async () => {
    const demo = await startDemo();
    const before = demo.nodes();
    expect(Object.keys(before)).toEqual(['node-a', 'node-b', 'node-c']);
    await until(async () => (await liveCalls(demo.url)) >= 2, 'calls of both providers');
    process.kill(before['node-b']!, 'SIGKILL');
    await demo.saw(/node-b has exited/);
    await until(() => demo.nodes()['node-b'] !== before['node-b'], 'another process of the node');
    const left = descendantsOf(demo.pid);
    expect(left.length).toBeGreaterThan(8);
    expect(await demo.end('SIGINT')).toBe(0);
    await until(() => !left.some(isRunning), 'the end of all processes');
  });

  test('leaves no process behind when it is killed', async () => {
    const demo = await startDemo();
    const left = descendantsOf(demo.pid);
    await demo.end('SIGKILL');
    await until(() => !left.some(isRunning), 'the end of all processes');
  });
});

test.skipIf(!isRoot || !isInstalled)(
  'the demo of a cluster says that PostgreSQL does not run as root',
  async () => {
    const demo = sidetone(['demo', '--cluster', '--port', '0', '--data', tempDir()]);
    expect(await demo.exit()).toBe(78);
    expect(demo.stderr()).toMatch(/does not run as root.*\[DEMO_SERVERS_UNAVAILABLE\]\n$/);
  },
);
