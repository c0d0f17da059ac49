/**
 * One end of the connection between the daemon and the thread of a plugin. The messages of a turn of the event loop travel
 * together, in a parcel with one buffer for all their bytes. An end that does not read is sent a limited number of messages;
 * further ones wait at the sender, up to a limit, and are then dropped and counted.
 */
import { FaultError } from '@sidetone/core';
import { decodeError, encodeError, type EncodedError } from './encoded-error.ts';
import { Outbox, type Queued } from './outbox.ts';
import type { Message, Parcel, Port } from './parcel.ts';

/** What an end offers: names, and the arguments and result of each. */
export type Handlers<Local extends object> = {
  readonly [Name in keyof Local]: Local[Name] extends (...args: infer Args) => infer Result
    ? (...args: [...Args, AbortSignal]) => Result | Promise<Result>
    : never;
};
type ArgsOf<Of extends object, Name extends keyof Of> = Of[Name] extends (...args: infer Args) => unknown
  ? Args
  : never;
type ResultOf<Of extends object, Name extends keyof Of> = Of[Name] extends (...args: never[]) => infer Result
  ? Result
  : never;

const NOTE = 0;
const CALL = 1;
const DONE = 2;
const FAILED = 3;
const ABORT = 4;

export interface LinkDeps<Local extends object> {
  readonly port: Port;
  readonly handlers: Handlers<Local>;
  /** Called with what the handler of a note throws, and for a message that cannot be sent. */
  readonly onError: (name: string, error: unknown) => void;
  /** Called when more wait than may be dropped. */
  readonly onOverrun: () => void;
  /** Runs a task at the end of the turn. Default: `setImmediate`. */
  readonly atEndOfTurn?: (task: () => void) => void;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  release(): void;
}

export class Link<Remote extends object, Local extends object> {
  readonly #deps: LinkDeps<Local>;
  readonly #atEndOfTurn: (task: () => void) => void;
  readonly #outbox: Outbox;
  readonly #pending = new Map<number, Pending>();
  readonly #running = new Map<number, AbortController>();
  #lastId = 0;
  #handled = 0;
  #isFlushing = false;
  #closed: Error | undefined;

  constructor(deps: LinkDeps<Local>) {
    this.#deps = deps;
    this.#atEndOfTurn = deps.atEndOfTurn ?? setImmediate;
    this.#outbox = new Outbox({
      post: (parcel, transfer) => deps.port.post(parcel, transfer),
      onUnsendable: (message, error) => this.#onUnsendable(message, error),
      onOverrun: deps.onOverrun,
    });
    deps.port.onParcel((parcel) => this.#receive(parcel));
  }

  /** How many messages wait to be sent, and were dropped. */
  get outbox(): Pick<Outbox, 'size' | 'dropped' | 'isCongested' | 'onDrained'> {
    return this.#outbox;
  }

  /** Sends a message without an answer. */
  note<Name extends keyof Remote & string>(name: Name, ...args: ArgsOf<Remote, Name>): void {
    this.#send({ message: [NOTE, 0, name, args], canDrop: false });
  }

  /** Sends a message without an answer, unless too many wait. Returns whether it is sent. */
  offer<Name extends keyof Remote & string>(name: Name, ...args: ArgsOf<Remote, Name>): boolean {
    return this.#send({ message: [NOTE, 0, name, args], canDrop: true });
  }

  /**
   * Sends a message, and resolves with the answer. If `signal` aborts, it rejects with its reason, and so does the signal of the
   * handler.
   * @throws what the handler throws, LIMIT_EXCEEDED if too many messages wait, or the reason of `close`.
   */
  call<Name extends keyof Remote & string>(
    signal: AbortSignal | undefined,
    name: Name,
    ...args: ArgsOf<Remote, Name>
  ): Promise<ResultOf<Remote, Name>> {
    if (this.#closed) return Promise.reject(this.#closed);
    if (signal?.aborted) return Promise.reject(asError(signal.reason));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const message = [CALL, id, name, args] as const;
      if (!this.#send({ message, canDrop: true })) return reject(overloaded(name));
      const onAbort = (): void => {
        if (!this.#take(id)) return;
        this.#answer(ABORT, id, encodeError(signal?.reason));
        reject(asError(signal?.reason));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const release = (): void => signal?.removeEventListener('abort', onAbort);
      this.#pending.set(id, { resolve, reject, release });
    });
  }

  /** Rejects what is pending and later calls with `reason`. Nothing is sent or handled any more. */
  close(reason: Error): void {
    if (this.#closed) return;
    this.#closed = reason;
    this.#outbox.close();
    for (const id of this.#pending.keys()) this.#take(id)?.reject(reason);
    for (const controller of this.#running.values()) controller.abort(reason);
    this.#running.clear();
  }

  #send(queued: Queued): boolean {
    if (this.#closed) return false;
    const isAccepted = this.#outbox.add(queued);
    if (isAccepted) this.#flushLater();
    return isAccepted;
  }

  #flushLater(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    this.#atEndOfTurn(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushing = false;
    if (this.#closed) return;
    const handled = this.#handled;
    this.#handled = 0;
    this.#outbox.flush(handled);
  }

  #receive({ messages, buffer, handled }: Parcel): void {
    if (this.#closed) return;
    if (handled > 0) this.#outbox.arrived(handled);
    for (const message of messages) {
      if (this.#closed) return;
      this.#handle(withBytes(message, buffer));
    }
    if (messages.length > 0) this.#handled++;
    if (messages.length > 0 || this.#outbox.size > 0) this.#flushLater();
  }

  #handle([kind, id, name, args]: Message): void {
    if (kind === NOTE) return this.#note(name, args);
    if (kind === CALL) return void this.#run(id, name, args);
    if (kind === DONE) return this.#take(id)?.resolve(args[0]);
    if (kind === FAILED) return this.#take(id)?.reject(decodeError(args[0] as EncodedError));
    this.#running.get(id)?.abort(decodeError(args[0] as EncodedError));
  }

  #note(name: string, args: readonly unknown[]): void {
    try {
      this.#handlerOf(name)(...args, NEVER);
    } catch (error) {
      this.#deps.onError(name, error);
    }
  }

  async #run(id: number, name: string, args: readonly unknown[]): Promise<void> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      this.#answer(DONE, id, await this.#handlerOf(name)(...args, controller.signal));
    } catch (error) {
      this.#answer(FAILED, id, encodeError(error));
    } finally {
      this.#running.delete(id);
    }
  }

  #handlerOf(name: string): (...args: readonly unknown[]) => unknown {
    return this.#deps.handlers[name as keyof Local] as unknown as (...args: readonly unknown[]) => unknown;
  }

  #answer(kind: number, id: number, value: unknown): void {
    this.#send({ message: [kind, id, '', [value]], canDrop: false });
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    pending?.release();
    return pending;
  }

  /** A value that cannot be cloned fails its own message only. */
  #onUnsendable([kind, id, name]: Message, cause: unknown): void {
    const error = new FaultError('PLUGIN_ISOLATION_UNSUPPORTED', 'the value cannot be sent between threads', {
      cause,
    });
    if (kind === CALL) this.#take(id)?.reject(error);
    else if (kind === DONE) this.#answer(FAILED, id, encodeError(error));
    else this.#deps.onError(name, error);
  }
}

function withBytes(message: Message, buffer: ArrayBuffer | undefined): Message {
  const [kind, id, name, args, bytes] = message;
  if (!bytes || !buffer) return message;
  const complete = [...args];
  for (const [argument, offset, length] of bytes) complete[argument] = new Uint8Array(buffer, offset, length);
  return [kind, id, name, complete];
}

const NEVER = new AbortController().signal;

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error('aborted'));

const overloaded = (name: string): FaultError =>
  new FaultError('LIMIT_EXCEEDED', `${name}: too many messages wait for the thread of the plugin`);
