/** Breaks random nodes in random ways, and repairs them. */
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { LEASE_SECONDS, type TestCluster } from './cluster.ts';
import type { ClusterNode } from './node.ts';

const LEASE_MS = LEASE_SECONDS * 1000;

/** Longer than a lease, and shorter: some nodes are replaced, and others continue. */
const untilReplacedOrNot = (): Promise<void> => delay(randomInt(LEASE_MS / 3, LEASE_MS * 2));

/** What is done to a node. Each ends with a node that runs, or has exited. */
const BREAKS = {
  async kill(node: ClusterNode) {
    await node.end('SIGKILL');
  },
  async stop(node: ClusterNode) {
    await node.end('SIGTERM');
  },
  async pause(node: ClusterNode) {
    node.pause();
    await untilReplacedOrNot();
    node.resume();
  },
  async splitFromNats(node: ClusterNode) {
    node.nats.cut();
    await untilReplacedOrNot();
    node.nats.mend();
  },
  async splitFromPostgres(node: ClusterNode) {
    node.postgres.hold();
    await untilReplacedOrNot();
    node.postgres.mend();
  },
  async splitFromBoth(node: ClusterNode) {
    node.nats.hold();
    node.postgres.cut();
    await untilReplacedOrNot();
    node.nats.mend();
    node.postgres.mend();
  },
} as const;

export type Break = keyof typeof BREAKS;
export const BREAK_NAMES = Object.keys(BREAKS) as Break[];

export interface Chaos {
  /** What was done, in order, for the report of a failure. */
  readonly history: readonly string[];
  /** Ends the breaks. Resolves when all nodes run again; nodes that end later are still started again, until the test ends. */
  stop(): Promise<void>;
}

/** Starts to break nodes, one or two at a time. Nodes that have exited are started again, as a supervisor of services does. */
export function startChaos(
  { nodes }: Pick<TestCluster, 'nodes'>,
  { breaks, pauseMs = 2000 }: { readonly breaks: readonly Break[]; readonly pauseMs?: number },
): Chaos {
  const history: string[] = [];
  const began = performance.now();
  const broken = new Set<ClusterNode>();
  const stopping = new AbortController();
  const note = (text: string): void =>
    void history.push(`${((performance.now() - began) / 1000).toFixed(1)} s ${text}`);

  async function breakOne(): Promise<void> {
    const whole = nodes.filter((node) => !broken.has(node));
    const node = whole[randomInt(whole.length)]!;
    const name = breaks[randomInt(breaks.length)]!;
    broken.add(node);
    note(`${name} ${node.name}`);
    try {
      await BREAKS[name](node);
      await restartIfExited(node);
    } finally {
      broken.delete(node);
    }
  }

  async function restartIfExited(node: ClusterNode): Promise<void> {
    if (!node.hasExited) return;
    note(`start ${node.name}`);
    await node.start();
    note(`started ${node.name}`);
  }

  const count = Math.max(1, nodes.length - 1);
  const running = Promise.all(
    Array.from({ length: count }, async () => {
      while (!stopping.signal.aborted) {
        await delay(randomInt(pauseMs / 2, pauseMs * 2));
        if (!stopping.signal.aborted) await breakOne();
      }
    }),
  );
  running.catch(() => undefined);
  // Nodes that give up some time after they were cut off.
  const ending = new AbortController();
  const supervisor = (async () => {
    while (!ending.signal.aborted) {
      for (const node of nodes) if (!broken.has(node)) await restartIfExited(node);
      await delay(100);
    }
  })();
  supervisor.catch(() => undefined);
  onTestFinished(async () => {
    ending.abort();
    await supervisor.catch(() => undefined);
  });
  return {
    history,
    async stop() {
      stopping.abort();
      await running;
      // A node that was replaced learns so a little later, and ends.
      await delay(2 * LEASE_MS);
      // The supervisor ends only if a node cannot be started.
      while (nodes.some((node) => node.hasExited)) await Promise.race([supervisor, delay(100)]);
    },
  };
}
