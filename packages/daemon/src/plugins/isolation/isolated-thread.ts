/** A plugin in a thread, from the start of the thread to its end: one instance of the plugin. */
import { FaultError, type Clock, type ProviderHost } from '@sidetone/core';
import type { ServedProvider } from '../provider/served-provider.ts';
import { createDaemonHandlers } from './daemon-handlers.ts';
import { DaemonSockets } from './daemon-sockets.ts';
import type { InstanceServices } from './instance-services.ts';
import { createIsolatedProvider } from './isolated-provider.ts';
import type { IsolationCounts } from './isolation-counts.ts';
import { Link, type Handlers } from './link/link.ts';
import type {
  DaemonMethods,
  Description,
  Features,
  HostFacts,
  LoadRequest,
  ThreadMethods,
} from './link/protocol.ts';
import { ThreadWatch } from './thread-watch.ts';
import type { StartThread, Thread, ThreadData } from './thread/threads.ts';

export interface IsolatedThreadDeps {
  readonly startThread: StartThread;
  readonly data: ThreadData;
  readonly plugin: LoadRequest;
  readonly facts: () => HostFacts;
  /** The memory of the heap, and of buffers, bytes. */
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly counts: IsolationCounts;
  /** As of a link. */
  readonly atEndOfTurn?: (task: () => void) => void;
}

interface Bound {
  readonly services: InstanceServices;
  readonly sockets: DaemonSockets;
}

export class IsolatedThread {
  readonly #deps: IsolatedThreadDeps;
  readonly #thread: Thread;
  readonly #link: Link<ThreadMethods, DaemonMethods>;
  readonly #watch: ThreadWatch;
  readonly #handlers: Handlers<DaemonMethods>;
  #bind!: (handlers: Handlers<DaemonMethods>) => void;
  #bound: Bound | undefined;
  #fault: FaultError | undefined;

  /** Starts the thread. @throws {FaultError} PLUGIN_ISOLATION_UNSUPPORTED. */
  constructor(deps: IsolatedThreadDeps) {
    this.#deps = deps;
    const lose = (fault: FaultError): void => this.#lose(fault);
    this.#watch = new ThreadWatch({
      clock: deps.clock,
      ping: (id) => this.#thread.ping(id),
      maxBufferBytes: deps.maxBytes,
      onUnresponsive: (sinceMs) => this.#bound?.services.onBlocked(sinceMs, false),
      onBlocked: (blockedMs) => this.#bound?.services.onBlocked(blockedMs, true),
      onGivenUp: lose,
    });
    this.#thread = deps.startThread(deps.data, {
      onPong: (pong) => {
        this.#watch.onPong(pong);
        deps.counts.droppedToDaemon += pong.dropped;
      },
      onOverrun: () => lose(overrun()),
      onExit: lose,
    });
    deps.counts.threads++;
    const bound = new Promise<Handlers<DaemonMethods>>((resolve) => (this.#bind = resolve));
    this.#handlers = Object.create(deferTo(bound)) as Handlers<DaemonMethods>;
    this.#link = new Link({
      port: this.#thread.port,
      handlers: this.#handlers,
      onError: (name, error) => this.#bound?.services.onException(name, error),
      onOverrun: () => lose(overrun()),
      ...(deps.atEndOfTurn && { atEndOfTurn: deps.atEndOfTurn }),
    });
  }

  /** Loads the plugin and creates its instance. @throws the plugin's fault, or why the thread has ended. */
  load(signal: AbortSignal): Promise<Description> {
    return this.#link.call(signal, 'load', this.#deps.plugin);
  }

  /** @throws as `load`. */
  create(signal: AbortSignal): Promise<Features> {
    return this.#link.call(signal, 'create', this.#deps.facts());
  }

  /** Connects the thread to the host of its instance. What it has sent before is handled now. */
  bind(host: ProviderHost, services: InstanceServices): void {
    const sockets = new DaemonSockets(this.#link);
    const handlers = createDaemonHandlers({ host, services, sockets, link: this.#link });
    this.#bound = { services, sockets };
    Object.assign(this.#handlers, handlers.methods);
    this.#attribute = handlers.beginRequest;
    this.#bind(this.#handlers);
    services.hold(() => this.end());
  }

  #attribute: (id: number) => () => void = () => () => undefined;

  /** The provider of the thread, after `bind`. @param start prepares the thread. */
  provider(features: Features): ServedProvider {
    const { clock } = this.#deps;
    return createIsolatedProvider({
      features,
      link: this.#link,
      sockets: this.#bound!.sockets,
      start: (signal) => this.start(signal),
      stop: async (signal) => {
        if (!this.#fault) await this.#link.call(signal, 'stop');
      },
      schedule: (delayMs, task) => clock.schedule(delayMs, task),
      beginRequest: (id) => this.#attribute(id),
    });
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.#link.call(signal, 'start', this.#deps.facts());
    this.#watch.start();
  }

  /** Ends the thread at once. Safe to call twice. */
  end(): void {
    this.#finish(new FaultError('PROVIDER_NOT_RUNNING', 'the plugin instance has ended'));
  }

  /** The lifecycle comes first: it gives open commands and requests the outcome that the contract states. */
  #lose(fault: FaultError): void {
    if (!this.#fault) this.#finish(fault, () => this.#bound?.services.onLost(fault));
  }

  #finish(fault: FaultError, first = (): void => undefined): void {
    if (this.#fault) return;
    this.#fault = fault;
    this.#watch.stop();
    first();
    this.#link.close(fault);
    void this.#thread.terminate();
    const { counts } = this.#deps;
    counts.droppedToThread += this.#link.outbox.dropped;
    counts.pauses += this.#bound?.sockets.pauses ?? 0;
  }
}

/** Handlers that wait for the others. */
function deferTo(bound: Promise<Handlers<DaemonMethods>>): object {
  return new Proxy(
    {},
    {
      get:
        (_target, name: string) =>
        (...args: never[]): unknown =>
          bound.then((handlers) =>
            (handlers[name as keyof DaemonMethods] as (...args: never[]) => unknown)(...args),
          ),
    },
  );
}

const overrun = (): FaultError =>
  new FaultError(
    'PLUGIN_UNRESPONSIVE',
    'the thread of the plugin was ended: too many messages wait for it, or in it',
  );
