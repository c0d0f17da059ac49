/** The checksum of a table: the sum of the hashes of its rows, so their order does not matter. */
import { hash } from 'node:crypto';
import type { StoredValue } from './stored-values.ts';

const LANES = 4;
const BYTES = 4;

export class TableDigest {
  rows = 0;
  readonly #sums = new Uint32Array(LANES);

  add(values: readonly StoredValue[]): void {
    const digest = hash('sha256', JSON.stringify(values), 'buffer');
    this.rows += 1;
    for (let lane = 0; lane < LANES; lane++)
      this.#sums[lane] = this.#sums[lane]! + digest.readUInt32LE(lane * BYTES);
  }

  /** 32 hexadecimal digits. */
  get checksum(): string {
    return [...this.#sums].map((sum) => sum.toString(16).padStart(2 * BYTES, '0')).join('');
  }
}
