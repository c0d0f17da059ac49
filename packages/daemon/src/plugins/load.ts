/** Finds and checks a plugin's module. Each way to fail has its own code and its own sentence. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CONTRACT_VERSION, FaultError, messageOf, type ProviderPlugin } from '@sidetone/core';
import { findPackage } from './find-package.ts';

export type AnyPlugin = ProviderPlugin<unknown>;

/**
 * @param specifier a package name, or a path (beginning with `.` or `/`) relative to `baseDir`.
 * @throws {FaultError} PLUGIN_NOT_FOUND, PLUGIN_LOAD_FAILED, PLUGIN_INVALID or PLUGIN_CONTRACT_UNSUPPORTED.
 */
export async function loadPlugin(specifier: string, baseDir: string): Promise<AnyPlugin> {
  const url = locate(specifier, baseDir);
  let module: { readonly default?: unknown };
  try {
    module = (await import(/* @vite-ignore */ url)) as { readonly default?: unknown };
  } catch (cause) {
    throw new FaultError(
      'PLUGIN_LOAD_FAILED',
      `the plugin ${specifier} could not be loaded: ${messageOf(cause)}`,
      {
        cause,
      },
    );
  }
  return check(module.default, specifier);
}

function locate(specifier: string, baseDir: string): string {
  const isPath = /^\.{0,2}[/\\]/.test(specifier);
  const found = isPath
    ? existing(resolve(baseDir, specifier))
    : findPackage(specifier, [baseDir, process.cwd()]);
  if (found) return found;
  throw new FaultError('PLUGIN_NOT_FOUND', `the plugin ${specifier} was not found from ${baseDir}`);
}

const existing = (path: string): string | undefined =>
  existsSync(path) ? pathToFileURL(path).href : undefined;

function check(exported: unknown, specifier: string): AnyPlugin {
  const plugin = exported as Partial<AnyPlugin> | null | undefined;
  if (typeof plugin !== 'object' || plugin === null) {
    throw new FaultError('PLUGIN_INVALID', `the plugin ${specifier} has no default export that is a plugin`);
  }
  if (plugin.contract !== CONTRACT_VERSION) {
    const version = plugin.contract ?? 'none';
    throw new FaultError(
      'PLUGIN_CONTRACT_UNSUPPORTED',
      `the plugin ${specifier} is for contract ${version}, this daemon has contract ${CONTRACT_VERSION}`,
    );
  }
  const lacking =
    (typeof plugin.name !== 'string' && 'name') ||
    (typeof plugin.displayName !== 'string' && 'displayName') ||
    (typeof plugin.create !== 'function' && 'create') ||
    (plugin.options?.['~standard'] === undefined && 'options');
  if (lacking) throw new FaultError('PLUGIN_INVALID', `the plugin ${specifier} has no ${lacking}`);
  return plugin as AnyPlugin;
}

/** Checks options by the plugin's own schema. @throws {FaultError} CONFIG_INVALID, naming the key; never the value. */
export async function parseOptions(plugin: AnyPlugin, options: unknown, key: string): Promise<unknown> {
  const result = await plugin.options['~standard'].validate(options);
  if (!result.issues) return result.value;
  const issue = result.issues[0];
  const path = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  throw new FaultError('CONFIG_INVALID', `${[key, ...path].join('.')}: ${issue?.message ?? 'not valid'}`);
}
