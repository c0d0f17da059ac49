/** A daemon process of a cluster, with a proxy before each of its servers: it can be killed, paused, cut off and restarted. */
import { startProxy, type TcpProxy } from '../../../../packages/daemon/test/nats/support/proxy.ts';
import { onEnd } from '../../../support/cleanup.ts';
import { startDaemon, tempDir, type DaemonRun } from '../../../support/daemon.ts';
import { freePort } from '../../../support/ports.ts';

/** What a node is connected to, for its configuration. */
export interface NodeServers {
  readonly name: string;
  readonly storage: string;
  readonly cluster: string;
}

/** Writes the configuration of a node into a folder and returns its path. */
export type WriteNodeConfig = (dir: string, servers: NodeServers) => string;

export interface NodeSettings {
  readonly name: string;
  readonly databaseUrl: string;
  readonly natsPort: number;
  /** The content of `cluster` besides the servers and the name of the node; undefined for a daemon without a cluster. */
  readonly cluster: string | undefined;
  readonly writeConfig: WriteNodeConfig;
}

/** A node of a cluster; not started yet. */
export class ClusterNode {
  readonly name: string;
  /** The same after a restart. */
  readonly url: string;
  readonly nats: TcpProxy;
  readonly postgres: TcpProxy;
  readonly #config: string;
  readonly #output: (() => string)[] = [];
  #run: DaemonRun | undefined;
  #isPaused = false;
  #hasExited = true;

  static async create(settings: NodeSettings): Promise<ClusterNode> {
    const database = new URL(settings.databaseUrl);
    const nats = await startProxy(settings.natsPort);
    onEnd(() => nats.close());
    const postgres = await startProxy(Number(database.port));
    onEnd(() => postgres.close());
    database.port = String(postgres.port);
    const { name, cluster } = settings;
    const config = settings.writeConfig(tempDir(), {
      name,
      storage: `{ kind: postgres, url: '${database.href}' }`,
      cluster: cluster === undefined ? '' : `cluster: { nats: ['${nats.url}'], node: ${name}, ${cluster} }`,
    });
    return new ClusterNode(name, `http://127.0.0.1:${await freePort()}/`, { nats, postgres }, config);
  }

  private constructor(
    name: string,
    url: string,
    { nats, postgres }: { readonly nats: TcpProxy; readonly postgres: TcpProxy },
    config: string,
  ) {
    this.name = name;
    this.url = url;
    this.nats = nats;
    this.postgres = postgres;
    this.#config = config;
  }

  /** Whether its process runs and is not paused. */
  get isUp(): boolean {
    return !this.#hasExited && !this.#isPaused;
  }

  /** Whether its process has ended, by itself or not. */
  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** Standard error of all its processes. */
  get log(): string {
    return this.#output.map((text) => text()).join('');
  }

  /** Resolves when it listens. @throws if its process ends before */
  async start(): Promise<void> {
    this.#hasExited = false;
    this.#isPaused = false;
    try {
      const run = await startDaemon(this.#config, new URL(this.url).port);
      this.#run = run;
      this.#output.push(run.stderr);
      void this.#watch(run);
    } catch (error) {
      this.#hasExited = true;
      throw error;
    }
  }

  async #watch(run: DaemonRun): Promise<void> {
    await run.exit();
    if (this.#run === run) this.#hasExited = true;
  }

  /** Sends a signal and resolves with the exit code. */
  async end(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<number | null> {
    if (!this.#run || this.#hasExited) return null;
    this.resume();
    return this.#run.end(signal);
  }

  /** Resolves when its process ended by itself. */
  exited(): Promise<number | null> {
    if (!this.#run) throw new Error(`${this.name} was not started`);
    return this.#run.exit();
  }

  /** Stops its process with SIGSTOP until `resume`. */
  pause(): void {
    this.#signal('SIGSTOP');
    this.#isPaused = true;
  }

  resume(): void {
    this.#signal('SIGCONT');
    this.#isPaused = false;
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#run && !this.#hasExited) process.kill(this.#run.pid, signal);
  }
}
