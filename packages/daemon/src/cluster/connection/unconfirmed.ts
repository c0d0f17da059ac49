/**
 * The bytes that were sent and that the server has not confirmed to have read. A server that is paused reads nothing for a while
 * before the connection counts as lost: what is sent meanwhile waits in memory.
 */

/** Most of them. Further messages are not sent. */
export const MAX_UNCONFIRMED_BYTES = 16 * 1024 * 1024;
/** From how many on the server is asked for a confirmation. */
export const CONFIRM_BYTES = 64 * 1024;

export class Unconfirmed {
  readonly #confirm: () => Promise<void>;
  #bytes = 0;
  /** Increased when the connection is lost: then nothing waits any longer. */
  #connection = 0;
  #isAsked = false;

  /** @param confirm resolves when the server has read what was sent before; rejects if the connection is lost */
  constructor(confirm: () => Promise<void>) {
    this.#confirm = confirm;
  }

  get bytes(): number {
    return this.#bytes;
  }

  hasRoomFor(bytes: number): boolean {
    return this.#bytes === 0 || this.#bytes + bytes <= MAX_UNCONFIRMED_BYTES;
  }

  sent(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes >= CONFIRM_BYTES && !this.#isAsked) void this.#ask();
  }

  reset(): void {
    this.#bytes = 0;
    this.#connection += 1;
  }

  async #ask(): Promise<void> {
    const [bytes, connection] = [this.#bytes, this.#connection];
    this.#isAsked = true;
    // A lost connection calls `reset`.
    await this.#confirm().catch(() => undefined);
    this.#isAsked = false;
    if (connection === this.#connection) this.#bytes -= bytes;
  }
}
