/** Plugins are modules to the daemon. This makes one of an object of the same process. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Shared by all copies of this module, because the written one imports none of them. */
const KEY = Symbol.for('sidetone.testing.plugins');
const plugins = ((globalThis as { [KEY]?: object[] })[KEY] ??= []);

/** Writes a module whose default export is the object. Returns its path. */
export function writeModule(folder: string, plugin: object): string {
  const index = plugins.push(plugin) - 1;
  const path = join(folder, `plugin-${index}.mjs`);
  writeFileSync(path, `export default globalThis[Symbol.for('${KEY.description}')][${index}];\n`);
  return path;
}
