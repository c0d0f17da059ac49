/** Nodes that share a database and a server of NATS, and the address under which clients see all of them. */
import { randomInt } from 'node:crypto';
import { onEnd } from '../../../support/cleanup.ts';
import { ClusterNode, type WriteNodeConfig } from './node.ts';
import type { Servers } from './servers.ts';

/** Of the leases: short, because tests wait for nodes that are dead. */
export const LEASE_SECONDS = 3;

export interface ClusterOptions {
  readonly nodes?: number;
  readonly writeConfig: WriteNodeConfig;
  /** False for one daemon with a database and no cluster. */
  readonly isClustered?: boolean;
}

export interface TestCluster {
  readonly nodes: readonly ClusterNode[];
  readonly databaseUrl: string;
  /** Returns a random node that is up, as a load balancer does; any one if none is. */
  pick(): ClusterNode;
}

let clusters = 0;

/** Starts all nodes, one after the other, so that the first one creates the tables. */
export async function startCluster(
  servers: Servers,
  { nodes: count = 3, writeConfig, isClustered = true }: ClusterOptions,
): Promise<TestCluster> {
  const databaseUrl = await servers.newDatabase();
  const cluster = isClustered ? `name: test${++clusters}, leaseSeconds: ${LEASE_SECONDS}` : undefined;
  const nodes = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      ClusterNode.create({
        name: `node-${index + 1}`,
        databaseUrl,
        natsPort: servers.nats.port,
        cluster,
        writeConfig,
      }),
    ),
  );
  // A paused process does not end by a signal of the clean-up.
  onEnd(() => {
    for (const node of nodes) node.resume();
  });
  const [first, ...others] = nodes;
  await first!.start();
  await Promise.all(others.map((node) => node.start()));
  return {
    nodes,
    databaseUrl,
    pick() {
      const up = nodes.filter((node) => node.isUp);
      const from = up.length > 0 ? up : nodes;
      return from[randomInt(from.length)]!;
    },
  };
}
