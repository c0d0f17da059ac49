/** The alternatives: one daemon with SQLite, one with PostgreSQL, and clusters of several nodes. */
import { startDaemon, type Program } from '../support/programs.ts';
import type { Servers, Work } from './servers.ts';

interface SetUp {
  readonly nodes: number;
  readonly storage: 'sqlite' | 'postgres';
  readonly isClustered: boolean;
}

export const SET_UPS = {
  SQLite: { nodes: 1, storage: 'sqlite', isClustered: false },
  PostgreSQL: { nodes: 1, storage: 'postgres', isClustered: false },
  '1-node': { nodes: 1, storage: 'postgres', isClustered: true },
  '2-nodes': { nodes: 2, storage: 'postgres', isClustered: true },
  '3-nodes': { nodes: 3, storage: 'postgres', isClustered: true },
} as const satisfies Record<string, SetUp>;

export type SetUpName = keyof typeof SET_UPS;
export const SET_UP_NAMES = Object.keys(SET_UPS) as SetUpName[];

/** What a set-up has done so far: CPU times in s. */
export interface Used extends Work {
  readonly daemonCpu: number;
  /** Of events in PostgreSQL; 0 for SQLite. */
  readonly commits: number;
}

export interface Running {
  readonly urls: readonly string[];
  used(): Promise<Used>;
  stop(): Promise<void>;
}

const NO_WORK: Work = { postgresCpu: 0, natsCpu: 0, wal: 0, messages: 0 };

let clusters = 0;

/** Starts the daemons of a set-up with a new database. @param vapi the address of Vapi */
export async function start(name: SetUpName, servers: Servers | undefined, vapi: string): Promise<Running> {
  const { nodes, storage, isClustered }: SetUp = SET_UPS[name];
  const database = storage === 'postgres' ? await servers!.createDatabase() : undefined;
  const place = database && `{ kind: postgres, url: '${database.url}' }`;
  clusters += 1;
  const run = (node: number): Promise<Program> => {
    const cluster = isClustered
      ? `cluster: { nats: ['${servers!.natsUrl}'], node: node-${node}, name: bench-${clusters} }\n`
      : '';
    return startDaemon(`${cluster}${configOf(vapi)}`, [], place);
  };
  // It creates the tables.
  const first = await run(0);
  const daemons = [first, ...(await Promise.all(Array.from({ length: nodes - 1 }, (_, i) => run(i + 1))))];
  return {
    urls: daemons.map((daemon) => daemon.url),
    async used() {
      const work = (await servers?.work()) ?? NO_WORK;
      return {
        ...work,
        // They are running in any case.
        postgresCpu: database ? work.postgresCpu : 0,
        natsCpu: isClustered ? work.natsCpu : 0,
        commits: (await database?.commits()) ?? 0,
        daemonCpu: daemons.reduce((sum, daemon) => sum + daemon.cpuSeconds(), 0),
      };
    },
    async stop() {
      await Promise.all(daemons.map((daemon) => daemon.stop()));
      await database?.close();
    },
  };
}

const configOf = (vapi: string): string => `server: { port: 0 }
limits: { subscriptionCostPerSecond: 1000000000, connections: 10000, eventsPerSecond: 1000000 }
outgoing: { allowedHosts: ['127.0.0.1'] }
providers:
  vapi:
    plugin: '@sidetone/plugin-vapi'
    options:
      apiKey: key
      apiBaseUrl: '${vapi}'
      monitorHosts: ['${new URL(vapi).host}']
      sweep: { intervalMs: 0 }
`;
