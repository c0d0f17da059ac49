/** All configured transcribers: loads, starts and stops them together. A transcriber that fails does not affect the others. */
import { FaultError, type Logger } from '@sidetone/core';
import { allConfigured } from '../../config/failures.ts';
import type { Config } from '../../config/schema.ts';
import { loadFactory, type ConfiguredPlugin } from '../plugin-factory.ts';
import { createPluginHost, type PluginHostDeps } from '../plugin-host.ts';
import type { TranscriberDirectory, TranscriberView } from '../ports.ts';
import { createWithLease } from '../supervision/lease.ts';
import { PluginLifecycle } from '../supervision/plugin-lifecycle.ts';
import { TranscriberInstance } from './transcriber-instance.ts';

export interface TranscriberRegistryDeps extends Omit<PluginHostDeps, 'log'> {
  readonly config: Config['transcribers'];
  /** The folder that plugin paths and packages are resolved from. */
  readonly baseDir: string;
  readonly log: (id: string) => Logger;
  /** Returns a number from 0 to 1. */
  readonly random: () => number;
}

interface SupervisedTranscriber extends TranscriberView {
  /** Resolves when the first health check of the running instance has ended. Never rejects. */
  readonly checked: Promise<void>;
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
   * Loads every plugin. One that cannot be loaded is FAILED.
   * @throws {FaultError} CONFIG_INVALID if options are invalid.
   */
  async load(): Promise<void> {
    const loaded = await allConfigured(
      Object.entries(this.#deps.config).map(([id, config]) => this.#load({ ...config, id })),
    );
    for (const transcriber of loaded) this.#transcribers.set(transcriber.id, transcriber);
  }

  /** Starts all transcribers at once; resolves when each is running or has failed. */
  async start(): Promise<void> {
    await Promise.all(this.list().map((transcriber) => transcriber.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.list().map((transcriber) => transcriber.stop()));
  }

  async #load(configured: ConfiguredPlugin): Promise<SupervisedTranscriber> {
    const { clock, random } = this.#deps;
    const { id, plugin } = configured;
    const log = this.#deps.log(id);
    const factory = await loadFactory('transcriber', configured, this.#deps);
    const lifecycle = new PluginLifecycle(
      {
        create: ({ onException, onEventDropped }) =>
          createWithLease(onException, (lease) => {
            // Provider ids have no slash, so no provider has the same state.
            const host = createPluginHost(`transcriber/${id}`, lease, { ...this.#deps, log });
            const transcriber = factory.create(host);
            return new TranscriberInstance({
              transcriber,
              lease,
              onException,
              onEventDropped,
              clock,
              log,
            });
          }),
        clock,
        random,
        log,
      },
      () => {
        for (const listener of this.#listeners) listener(id);
      },
    );
    return supervise(id, plugin, factory.displayName, lifecycle);
  }
}

/** Passes requests to the running instance of a transcriber. */
function supervise(
  id: string,
  plugin: string,
  displayName: string,
  lifecycle: PluginLifecycle<TranscriberInstance>,
): SupervisedTranscriber {
  return {
    id,
    plugin,
    displayName,
    get state() {
      return lifecycle.state;
    },
    get stateSince() {
      return lifecycle.stateSince;
    },
    get stateMessage() {
      return lifecycle.stateMessage;
    },
    get checked() {
      return lifecycle.checked;
    },
    start: () => lifecycle.start(),
    stop: () => lifecycle.stop(),
    open(request) {
      if (lifecycle.running) return lifecycle.running.open(request);
      throw new FaultError('PROVIDER_NOT_RUNNING', `the transcriber ${id} is not running`);
    },
  };
}
