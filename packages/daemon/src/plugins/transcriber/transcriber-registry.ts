/** All transcribers of the configuration: loaded, started and stopped together, failing apart. */
import { FaultError, isFault, messageOf, type Logger, type Transcriber } from '@sidetone/core';
import type { TranscriberDirectory, TranscriberView } from '../ports.ts';
import type { Config } from '../../config/schema.ts';
import { createCommonHost, type CommonHostDeps } from '../plugin-host.ts';
import { Lease } from '../supervision/lease.ts';
import { loadPlugin, parseOptions, type AnyTranscriberPlugin } from '../load.ts';
import { PluginLife, type InstanceWatcher } from '../supervision/plugin-lifecycle.ts';
import { TranscriberInstance } from './transcriber-instance.ts';

export interface TranscriberRegistryDeps extends Omit<CommonHostDeps, 'log'> {
  readonly config: Config['transcribers'];
  /** The folder that plugin paths and packages are looked for from. */
  readonly baseDir: string;
  readonly log: (id: string) => Logger;
  /** From 0 to 1. */
  readonly random: () => number;
}

interface SupervisedTranscriber extends TranscriberView {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export class TranscriberRegistry implements TranscriberDirectory {
  readonly #deps: TranscriberRegistryDeps;
  readonly #transcribers = new Map<string, SupervisedTranscriber>();
  readonly #listeners: ((id: string) => void)[] = [];

  constructor(deps: TranscriberRegistryDeps) {
    this.#deps = deps;
  }

  list(): readonly SupervisedTranscriber[] {
    return [...this.#transcribers.values()];
  }

  get(id: string): SupervisedTranscriber | undefined {
    return this.#transcribers.get(id);
  }

  onRunning(listener: (id: string) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Loads every plugin. One that cannot be loaded is FAILED and harms nothing else.
   * @throws {FaultError} CONFIG_INVALID when options are wrong.
   */
  async load(): Promise<void> {
    const loaded = await Promise.all(
      Object.entries(this.#deps.config).map(([id, { plugin, options }]) => this.#load(id, plugin, options)),
    );
    for (const transcriber of loaded) this.#transcribers.set(transcriber.id, transcriber);
  }

  /** Starts all at once; returns when each is running or has failed. */
  async start(): Promise<void> {
    await Promise.all(this.list().map((transcriber) => transcriber.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.list().map((transcriber) => transcriber.stop()));
  }

  async #load(id: string, specifier: string, options: unknown): Promise<SupervisedTranscriber> {
    const { baseDir, clock } = this.#deps;
    try {
      const plugin = await loadPlugin(specifier, baseDir, clock, 'transcriber');
      const parsed = await parseOptions(plugin, options, `transcribers.${id}.options`, clock);
      const make = (watcher: InstanceWatcher) => this.#make(id, plugin, parsed, watcher);
      return this.#supervise(id, specifier, plugin.displayName, make);
    } catch (error) {
      if (isFault(error) && error.kind === 'config') throw error;
      const message = `the plugin ${specifier} cannot be used: ${messageOf(error)}`;
      const fault = isFault(error) ? error : new FaultError('PLUGIN_INVALID', message, { cause: error });
      return this.#supervise(id, specifier, id, () => {
        throw fault;
      });
    }
  }

  #supervise(
    id: string,
    plugin: string,
    displayName: string,
    make: (watcher: InstanceWatcher) => TranscriberInstance,
  ): SupervisedTranscriber {
    const { clock, random, log } = this.#deps;
    const life = new PluginLife({ make, clock, random, log: log(id) }, () => {
      for (const listener of this.#listeners) listener(id);
    });
    return {
      id,
      plugin,
      displayName,
      get state() {
        return life.state;
      },
      get stateMessage() {
        return life.stateMessage;
      },
      start: () => life.start(),
      stop: () => life.stop(),
      open(request) {
        if (life.running) return life.running.open(request);
        throw new FaultError('PROVIDER_NOT_RUNNING', `the transcriber ${id} is not running`);
      },
    };
  }

  #make(
    id: string,
    plugin: AnyTranscriberPlugin,
    options: unknown,
    { onThrow, lost }: InstanceWatcher,
  ): TranscriberInstance {
    const lease = new Lease(onThrow);
    const log = this.#deps.log(id);
    try {
      // A provider's id has no slash, so that nobody's state is another's.
      const host = createCommonHost(`transcriber/${id}`, lease, { ...this.#deps, log });
      return new TranscriberInstance({
        transcriber: transcriberOf(plugin, () => plugin.create(options, host)),
        lease,
        onThrow,
        lost: (why) => lost('PLUGIN_EVENT_INVALID', why),
        clock: this.#deps.clock,
        log,
      });
    } catch (error) {
      lease.end();
      throw error;
    }
  }
}

function transcriberOf({ name }: AnyTranscriberPlugin, create: () => Transcriber): Transcriber {
  let made: Partial<Transcriber> | undefined;
  try {
    made = create();
  } catch (cause) {
    if (isFault(cause)) throw cause;
    const message = `the plugin ${name} threw when it was made: ${messageOf(cause)}`;
    throw new FaultError('PLUGIN_START_FAILED', message, { cause });
  }
  const methods = ['start', 'stop', 'open'] as const;
  const lacking = methods.find((method) => typeof made?.[method] !== 'function');
  if (lacking === undefined) return made as Transcriber;
  throw new FaultError('PLUGIN_INVALID', `what the plugin ${name} makes has no ${lacking}`);
}
