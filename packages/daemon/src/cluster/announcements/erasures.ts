/**
 * Announces erased calls and recordings to the other nodes, whose memory and files may still have something of them. An announcement can be lost:
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

/** A call with everything, or only its recording. */
export type Erased = 'CALL' | 'RECORDING';

type OnErased = (callId: string, what: Erased) => void;

export class Erasures {
  readonly #deps: ErasuresDeps;
  readonly #listeners = new Set<OnErased>();
  readonly #unsubscribe: () => void;

  constructor(deps: ErasuresDeps) {
    this.#deps = deps;
    this.#unsubscribe = deps.wire.subscribe(deps.subjects.erasures, (message) =>
      this.#receive(message.text()),
    );
  }

  announce(callId: string, what: Erased): void {
    const { wire, subjects, instance } = this.#deps;
    wire.offer(subjects.erasures, `${instance} ${what} ${callId}`);
  }

  /** Calls the listener with what another node erased. Returns a function that unsubscribes. */
  onErased(listener: OnErased): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#unsubscribe();
  }

  #receive(text: string): void {
    const [instance, what, callId] = text.split(' ');
    if (!callId || (what !== 'CALL' && what !== 'RECORDING') || instance === this.#deps.instance) return;
    for (const listener of this.#listeners) listener(callId, what);
  }
}
