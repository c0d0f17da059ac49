/** Checks the secrets in the options of a plugin, whatever its schema accepts. */
import { FaultError, findSecretError } from '@sidetone/core';
import { combineFaults } from '../config/failures.ts';

/** Deeper options are not checked. */
const MAX_DEPTH = 8;

/** Returns every secret in the options of a plugin. */
export function secretsIn(value: unknown, depth = MAX_DEPTH): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isSecret(value)) return [value.reveal()];
  return depth === 0 ? [] : Object.values(value).flatMap((part) => secretsIn(part, depth - 1));
}

/** @throws {FaultError} CONFIG_INVALID with the path of each secret that can never match, without its text. */
export function checkSecrets(value: unknown, key: string): void {
  const faults = problemsOf(value, key, MAX_DEPTH).map((line) => new FaultError('CONFIG_INVALID', line));
  if (faults.length > 0) throw combineFaults(faults);
}

function problemsOf(value: unknown, key: string, depth: number): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isSecret(value)) {
    const problem = findSecretError(value.reveal());
    return problem === undefined ? [] : [`${key}: ${problem}`];
  }
  if (depth === 0) return [];
  return Object.entries(value).flatMap(([name, part]) => problemsOf(part, `${key}.${name}`, depth - 1));
}

/** A plugin may have a copy of `core` of its own, so `instanceof` is not sufficient. */
const isSecret = (value: object): value is { reveal(): string } =>
  'reveal' in value && typeof value.reveal === 'function';
