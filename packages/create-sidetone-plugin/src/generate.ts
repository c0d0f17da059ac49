/** Creates the files of a plugin from the templates: real files, whose marked parts are kept or left out. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KINDS, packageName, type Choices } from './choices.ts';
import { manifestOf } from './manifest.ts';

const TEMPLATES = fileURLToPath(new URL('../templates', import.meta.url));

/** Lines such as `// @if stream` and `// @end` enclose a part; they are comments of their language. */
const PART = /^[ \t]*(?:\/\/|#|<!--) @if (\w+)(?: -->)?\n([^]*?)^[ \t]*(?:\/\/|#|<!--) @end(?: -->)?\n/gm;

/** Returns the content of every file by its path, with slashes. */
export function filesOf(choices: Choices): ReadonlyMap<string, string> {
  const { kind, language } = choices;
  const sources = language === 'typescript' ? 'src/' : '';
  const files = new Map([['package.json', manifestOf(choices)]]);
  for (const [path, text] of [...read('shared'), ...read(language, sources)]) {
    const isAudio = /(^|\/)audio\./.test(path);
    if (isAudio && !KINDS[kind].parts.some((part) => part === 'stream')) continue;
    files.set(path, named(withParts(text, [...KINDS[kind].parts, kind, language]), choices.name));
  }
  return files;
}

/** Returns the files of a folder of templates. npm leaves out some files with a dot, so `_` stands for it. */
function read(folder: string, prefix = ''): [string, string][] {
  return readdirSync(join(TEMPLATES, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const relative = path.slice(join(TEMPLATES, folder).length + 1).replaceAll('\\', '/');
      return [pathOf(relative, prefix), readFileSync(path, 'utf8')];
    });
}

const pathOf = (relative: string, prefix: string): string =>
  relative === 'tsconfig.json' ? relative : posix.join(prefix, relative.replace(/^_/, '.'));

/** Keeps the parts with these names, without their markers, and leaves out the others, with the blank lines around them. */
const withParts = (text: string, parts: readonly string[]): string =>
  text
    .replaceAll(PART, (_, name: string, content: string) => (parts.includes(name) ? content : ''))
    .replaceAll(/\n{3,}/g, '\n\n');

/** Puts the name of the provider in place of that of the templates. */
const named = (text: string, name: string): string =>
  text
    .replaceAll('ACME', name.toUpperCase().replaceAll('-', '_'))
    .replaceAll('Acme', displayName(name))
    .replaceAll('sidetone-plugin-acme', packageName(name))
    .replaceAll('acme', name);

const displayName = (name: string): string =>
  name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
