/** Finds the module of a configured plugin. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { FaultError } from '@sidetone/core';
import { findPackage } from './find-package.ts';

/** The folder of the daemon: the plugins that are installed with it are found from here. */
const OWN_FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** Returns the folder of the program that runs the daemon, whose package may depend on plugins; none if there is no file. */
function programFolder(path = process.argv[1]): string[] {
  return path !== undefined && existsSync(path) ? [dirname(realpathSync(path))] : [];
}

/**
 * Returns the URL of a plugin's module. Packages are looked up from `baseDir`, then from the working directory, then from the
 * folders of the daemon and of the program that runs it.
 * @param specifier a package name, or a path (starting with `.` or `/`) relative to `baseDir`.
 * @throws {FaultError} PLUGIN_NOT_FOUND.
 */
export function locatePlugin(specifier: string, baseDir: string): string {
  const isPath = /^\.{0,2}[/\\]/.test(specifier);
  const folders = isPath ? [baseDir] : [...new Set([baseDir, process.cwd(), OWN_FOLDER, ...programFolder()])];
  const url = isPath ? urlOfExisting(resolve(baseDir, specifier)) : findPackage(specifier, folders);
  if (url) return url;
  throw new FaultError('PLUGIN_NOT_FOUND', `plugin ${specifier}: not found from ${folders.join(', ')}`);
}

const urlOfExisting = (path: string): string | undefined =>
  existsSync(path) ? pathToFileURL(path).href : undefined;
