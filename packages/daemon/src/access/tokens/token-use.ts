/** When each access token was last used. It is kept in memory and written to the database now and then, in one row. */
import { messageOf, type Logger } from '@sidetone/core';
import type { NowOrLater } from '../../now-or-later.ts';

/** How often the times are written if a token was used, ms. A crash loses at most this. */
export const WRITE_INTERVAL_MS = 60_000;
/** Characters of the SHA-256 that identify a token in the row. */
const ID_CHARACTERS = 16;

interface TokenUseDeps {
  /** One text across restarts. @throws {FaultError} of kind store. */
  readonly kept: { get(): NowOrLater<string | undefined>; set(text: string): NowOrLater<void> };
  readonly now: () => number;
  readonly log: Pick<Logger, 'warn'>;
}

const idOf = (sha256: string): string => sha256.slice(0, ID_CHARACTERS);

export class TokenUse {
  readonly #deps: TokenUseDeps;
  #times = new Map<string, number>();
  #isWritten = true;

  constructor(deps: TokenUseDeps) {
    this.#deps = deps;
  }

  /** Reads the times of earlier runs. Rejects with a fault of kind store. */
  async load(): Promise<void> {
    const text = await this.#deps.kept.get();
    if (text !== undefined) this.#times = new Map(Object.entries(JSON.parse(text) as Record<string, number>));
  }

  /** Called for every request that has a token. */
  record(sha256: string): void {
    this.#times.set(idOf(sha256), this.#deps.now());
    this.#isWritten = false;
  }

  /** Returns the time of the last use, epoch ms. */
  of(sha256: string): number | undefined {
    return this.#times.get(idOf(sha256));
  }

  /** Writes the times of these tokens and forgets the others. Never rejects: a failure is repaired by a later call. */
  async write(tokens: readonly { readonly sha256: string }[]): Promise<void> {
    if (this.#isWritten) return;
    const ids = new Set(tokens.map(({ sha256 }) => idOf(sha256)));
    this.#times = new Map([...this.#times].filter(([id]) => ids.has(id)));
    // A use in the meantime is written next.
    this.#isWritten = true;
    try {
      await this.#deps.kept.set(JSON.stringify(Object.fromEntries(this.#times)));
    } catch (error) {
      this.#isWritten = false;
      this.#deps.log.warn('writing the last use of access tokens failed, retrying', {
        reason: messageOf(error),
      });
    }
  }
}
