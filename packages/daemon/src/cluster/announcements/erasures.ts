/**
 * Announces what was removed from the store to the other nodes, whose memory and files may still have something of it. What
 * cannot be sent is announced when NATS is there again. A node that may have missed announcements learns so, and then forgets all
 * that it could have: after a lost connection, and when another node has left without a word.
 */
import { BoundedMap } from '@sidetone/plugin-kit';
import type { Wire } from '../connection/ports.ts';
import type { Subjects } from '../subjects.ts';

/** Most announcements that wait for NATS. If there are more, the others forget all. */
export const MAX_PENDING_ERASURES = 10_000;

export interface ErasuresDeps {
  readonly wire: Pick<Wire, 'offer' | 'subscribe' | 'onChange'>;
  readonly subjects: Pick<Subjects, 'erasures'>;
  /** Of this process, which receives its own announcements too. */
  readonly instance: string;
}

/** A call with everything, only its recording, or a part of its data. */
export type Erased = 'CALL' | 'RECORDING' | 'DATA';

const KINDS: readonly string[] = ['CALL', 'RECORDING', 'DATA'] satisfies Erased[];
/** Instead of a kind, that announcements are missing. */
const MISSED = 'MISSED';

type OnErased = (callId: string, what: Erased) => void;

export class Erasures {
  readonly #deps: ErasuresDeps;
  readonly #listeners = new Set<OnErased>();
  readonly #missedListeners = new Set<() => void>();
  readonly #pending = new BoundedMap<string, true>(MAX_PENDING_ERASURES);
  readonly #unsubscribe: readonly (() => void)[];
  #dropped = 0;

  constructor(deps: ErasuresDeps) {
    this.#deps = deps;
    this.#unsubscribe = [
      deps.wire.subscribe(deps.subjects.erasures, (message) => this.#receive(message.text())),
      deps.wire.onChange((isConnected) => {
        if (isConnected) this.#reconnected();
      }),
    ];
  }

  /** Announcements that wait for NATS. */
  get pending(): number {
    return this.#pending.size;
  }

  announce(callId: string, what: Erased): void {
    this.#send(`${what} ${callId}`);
  }

  /** Calls the listener with what another node erased. Returns a function that unsubscribes. */
  onErased(listener: OnErased): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls the listener when other nodes may have erased anything. Returns a function that unsubscribes. */
  onMissed(listener: () => void): () => void {
    this.#missedListeners.add(listener);
    return () => this.#missedListeners.delete(listener);
  }

  /** Another node has left, and its last announcements may be lost. */
  missed(): void {
    for (const listener of this.#missedListeners) listener();
  }

  close(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  #send(text: string): void {
    const { wire, subjects, instance } = this.#deps;
    if (!wire.offer(subjects.erasures, `${instance} ${text}`)) this.#pending.set(text, true);
  }

  #reconnected(): void {
    const pending = [...this.#pending.keys()];
    const isMissing = this.#pending.dropped > this.#dropped;
    this.#dropped = this.#pending.dropped;
    this.#pending.clear();
    if (isMissing) this.#send(`${MISSED} -`);
    else for (const text of pending) this.#send(text);
    this.missed();
  }

  #receive(text: string): void {
    const [instance, what = '', callId] = text.split(' ');
    if (!callId || instance === this.#deps.instance) return;
    if (what === MISSED) this.missed();
    if (KINDS.includes(what)) for (const listener of this.#listeners) listener(callId, what as Erased);
  }
}
