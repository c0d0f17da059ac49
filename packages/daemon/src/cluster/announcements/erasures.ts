/**
 * Announces erased calls to the other nodes, whose memory and files may still have something of them. An announcement can be lost:
 * the store has erased the call, and memory forgets it by itself.
 */
import type { Wire } from '../connection/ports.ts';
import type { Subjects } from '../subjects.ts';

export interface ErasuresDeps {
  readonly wire: Pick<Wire, 'offer' | 'subscribe'>;
  readonly subjects: Pick<Subjects, 'erasures'>;
  /** Of this process, which receives its own announcements too. */
  readonly instance: string;
}

export class Erasures {
  readonly #deps: ErasuresDeps;
  readonly #listeners = new Set<(callId: string) => void>();
  readonly #unsubscribe: () => void;

  constructor(deps: ErasuresDeps) {
    this.#deps = deps;
    this.#unsubscribe = deps.wire.subscribe(deps.subjects.erasures, (message) =>
      this.#receive(message.text()),
    );
  }

  announce(callId: string): void {
    const { wire, subjects, instance } = this.#deps;
    wire.offer(subjects.erasures, `${instance} ${callId}`);
  }

  /** Calls the listener with each call that another node erased. Returns a function that unsubscribes. */
  onErased(listener: (callId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#unsubscribe();
  }

  #receive(text: string): void {
    const [instance, callId, ...rest] = text.split(' ');
    if (!callId || rest.length > 0 || instance === this.#deps.instance) return;
    for (const listener of this.#listeners) listener(callId);
  }
}
