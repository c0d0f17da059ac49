/** Masks entries and appends them to the file. Runs in a thread of its own, so it may block. */
import { closeSync, constants, fchmodSync, fstatSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { CAPTURE_VERSION, type CaptureHead } from '@sidetone/plugin-kit';
import { makeFolders } from '../../files/folders.ts';
import type { FoundSecret } from './config-secrets.ts';
import { maskEntry } from './masked-entry.ts';
import { Masker } from './masking/masker.ts';
import type { RawEntry } from './raw-entry.ts';

export interface CaptureSettings {
  /** An absolute path. */
  readonly file: string;
  /** `limits.captureBytes`. */
  readonly maxBytes: number;
  readonly head: Omit<CaptureHead, 'capture' | 'secrets'>;
  readonly secrets: readonly FoundSecret[];
  /** The public URL of the provider's ingress. */
  readonly publicUrl: string;
}

/** The state of the file after a write. */
export interface CaptureResult {
  readonly lines: number;
  readonly bytes: number;
  /** Whether the limit was reached: nothing is written any more. */
  readonly isFull: boolean;
}

/** Permissions of the file: its owner may read it. */
const PRIVATE_FILE = 0o600;
const FLAGS = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW;

export class CaptureWriter {
  readonly #maxBytes: number;
  readonly #masker: Masker;
  readonly #fd: number;
  #bytes: number;
  #isFull = false;

  /** @throws errors of the file system. */
  constructor({ file, maxBytes, head, secrets, publicUrl }: CaptureSettings) {
    this.#maxBytes = maxBytes;
    this.#masker = new Masker({ secrets: secrets.map(({ value }) => value), publicUrl: new URL(publicUrl) });
    makeFolders(dirname(file));
    this.#fd = openSync(file, FLAGS, PRIVATE_FILE);
    const state = fstatSync(this.#fd);
    if (!state.isFile()) throw new Error(`${file} is not a file`);
    fchmodSync(this.#fd, PRIVATE_FILE);
    this.#bytes = state.size;
    const paths = secrets
      .filter(({ path }) => path !== '')
      .map(({ value, path }) => [this.#masker.secrets.add(value), path]);
    const line: CaptureHead = {
      capture: CAPTURE_VERSION,
      ...head,
      options: JSON.parse(this.#masker.text(JSON.stringify(head.options))) as unknown,
      secrets: Object.fromEntries(paths) as Record<string, string>,
    };
    // An earlier daemon may have been stopped in the middle of a line.
    this.#append([...(this.#bytes > 0 ? [''] : []), JSON.stringify(line)]);
  }

  /** @throws errors of the file system. */
  write(entries: readonly RawEntry[]): CaptureResult {
    const lines = entries.map((entry) => JSON.stringify(maskEntry(entry, this.#masker)));
    const written = this.#append(lines);
    return { lines: written, bytes: this.#bytes, isFull: this.#isFull };
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Returns the number of lines that were written. */
  #append(lines: readonly string[]): number {
    if (this.#isFull) return 0;
    let text = '';
    let count = 0;
    let size = this.#bytes;
    for (const line of lines) {
      const bytes = Buffer.byteLength(line) + 1;
      if (size + bytes > this.#maxBytes) {
        this.#isFull = true;
        text += `${JSON.stringify({ stopped: 'limits.captureBytes' })}\n`;
        break;
      }
      size += bytes;
      text += `${line}\n`;
      count++;
    }
    const content = Buffer.from(text);
    for (let done = 0; done < content.length;) done += writeSync(this.#fd, content, done);
    this.#bytes += content.length;
    return count;
  }
}
