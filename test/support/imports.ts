/** Reads the import lines of TypeScript files, type imports and dynamic imports included. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { builtinModules } from 'node:module';

export interface Import {
  readonly from: string;
  readonly to: string;
}

const IMPORT = /^(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

/** Returns every import of the files, with its specifier as written. */
export const importsIn = (files: readonly string[]): Import[] =>
  files.flatMap((from) =>
    [...readFileSync(from, 'utf8').matchAll(IMPORT)].map(([, fixed, dynamic]) => ({
      from,
      to: fixed ?? dynamic ?? '',
    })),
  );

/** Returns whether the specifier names a module of Node.js. */
export const isBuiltin = (name: string): boolean => name.startsWith('node:') || builtinModules.includes(name);

/** Returns the package that a specifier names. */
export const packageOf = (name: string): string => name.split('/', name.startsWith('@') ? 2 : 1).join('/');

/** Returns the path that a relative import names, from the root of the repository. */
export const targetOf = ({ from, to }: Import): string => posix.join(posix.dirname(from), to);

/** Returns the imports that leave a package. */
export const outside = (imports: readonly Import[]): Import[] =>
  imports.filter(({ to }) => !to.startsWith('.'));

/** Returns the groups of files that import each other in a circle, each in order of discovery (Tarjan). */
export function cyclesIn(files: readonly string[]): string[][] {
  const known = new Set(files);
  const edges = new Map(files.map((file) => [file, [] as string[]]));
  for (const each of importsIn(files)) {
    const target = targetOf(each);
    if (each.to.startsWith('.') && known.has(target)) edges.get(each.from)!.push(target);
  }
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (file: string): number => {
    order.set(file, order.size);
    lowest.set(file, order.get(file)!);
    stack.push(file);
    for (const target of edges.get(file)!) {
      const reached = order.has(target)
        ? stack.includes(target)
          ? order.get(target)!
          : Infinity
        : visit(target);
      lowest.set(file, Math.min(lowest.get(file)!, reached));
    }
    if (lowest.get(file) === order.get(file)) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1) cycles.push(group);
      return Infinity;
    }
    return lowest.get(file)!;
  };
  for (const file of files) if (!order.has(file)) visit(file);
  return cycles;
}
