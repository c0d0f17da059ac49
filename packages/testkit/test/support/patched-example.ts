/** Loads an example with a mistake: a copy of its files in which one text is replaced. */
import { readdirSync, readFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Subject } from '@sidetone/testkit';

const EXAMPLES = new URL('../../../../examples/', import.meta.url).pathname;

/** A text of a file, and the text that replaces it. */
export interface Patch {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Copies of examples. The creator removes them. */
export class PatchedExamples {
  readonly #root = mkdtempSync(join(tmpdir(), 'sidetone-mutants-'));
  #count = 0;

  /** Returns the subject of a patched example. @throws if a text occurs not exactly once. */
  async load(name: string, patches: Patch | readonly Patch[]): Promise<Subject> {
    const source = join(EXAMPLES, name);
    const copy = mkdtempSync(join(this.#root, `${this.#count++}-`));
    symlinkSync(join(source, 'node_modules'), join(copy, 'node_modules'));
    for (const file of readdirSync(source).filter((each) => each.endsWith('.js'))) {
      const text = readFileSync(join(source, file), 'utf8');
      const own = [patches].flat().filter((patch) => patch.file === file);
      writeFileSync(join(copy, file), own.reduce(patched, text));
    }
    writeFileSync(join(copy, 'package.json'), '{ "type": "module" }');
    const url = pathToFileURL(join(copy, 'conformance.js')).href;
    const module = (await import(/* @vite-ignore */ url)) as Readonly<Record<string, Subject>>;
    return module['conformance']!;
  }

  remove(): void {
    rmSync(this.#root, { recursive: true });
  }
}

function patched(text: string, { file, from, to }: Patch): string {
  const count = text.split(from).length - 1;
  if (count !== 1) throw new Error(`${file}: expected one ${JSON.stringify(from)}, found ${count}`);
  return text.replace(from, () => to);
}
