/** `sidetone demo --cluster`: three nodes with PostgreSQL and NATS behind one address, and a simulator of the providers. */
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { endByHangup, shutdownSignal } from '../shutdown-signal.ts';
import { startSimulator } from '../simulator-process.ts';
import { openAddress } from './address.ts';
import { startNode, type DemoNode } from './nodes.ts';
import { findPrograms, SYSTEM_SEARCH } from './programs.ts';
import { startServers } from './servers.ts';

export interface DemoClusterOptions {
  /** Of the common address; 0 selects a free one. The ports of nodes are free ones. */
  readonly port: number;
  readonly calls: number;
  readonly data: string;
}

const NAMES = ['node-a', 'node-b', 'node-c'];
const HOST = '127.0.0.1';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs until a signal, or the exit of the simulator. @throws {FaultError} DEMO_SERVERS_UNAVAILABLE, PORT_IN_USE */
export async function demoCluster({ port, calls, data }: DemoClusterOptions): Promise<void> {
  const programs = findPrograms(SYSTEM_SEARCH());
  const signal = shutdownSignal();
  const undo: (() => unknown)[] = [];
  let reason: string;
  try {
    const publicPort = port === 0 ? await freePort() : port;
    const nodePorts = [await freePort(), await freePort(), await freePort()];
    const address = await openAddress(publicPort, nodePorts);
    undo.push(() => address.close());
    const servers = await startServers(programs, join(data, 'demo-cluster'));
    undo.push(() => servers.stop());
    const simulator = await startSimulator({ daemonUrl: `http://${HOST}:${publicPort}`, calls });
    undo.push(() => simulator.stop());
    print('\nSidetone is running as a cluster with simulated calls of Vapi, Vobiz and Deepgram.\n');
    const environment = {
      ...simulator.environment,
      DEMO_DATABASE_URL: servers.databaseUrl,
      DEMO_NATS_URL: servers.natsUrl,
      DEMO_PUBLIC_URL: `http://${HOST}:${publicPort}`,
    };
    const nodes: DemoNode[] = [];
    undo.push(() => Promise.all(nodes.map((node) => node.stop())));
    for (const [index, name] of NAMES.entries()) {
      const node = startNode({ name, port: nodePorts[index]!, environment, print });
      nodes.push(node);
      // The first one creates the tables.
      if (index === 0) await Promise.race([node.started, signal]);
    }
    await Promise.race([Promise.all(nodes.map((node) => node.started)), signal]);
    print(greeting(publicPort));
    reason = await Promise.race([signal, simulator.exited.then(() => 'simulator')]);
  } finally {
    for (const step of undo.toReversed()) await step();
  }
  if (reason === 'simulator') {
    process.stderr.write('sidetone: the simulator exited, stopping the demo\n');
    process.exitCode = 1;
  }
  if (reason === 'SIGHUP') endByHangup();
}

const greeting = (port: number): string => `
  Any node   http://${HOST}:${port}/
  GraphiQL   http://${HOST}:${port}/graphql

Kill the process of a node: its calls continue at another one, and it is started again.
Press Ctrl-C to stop.
`;
