/** Checks the secrets in the options of a plugin, whatever its schema accepts. */
import { FaultError, findSecretError } from '@sidetone/core';

/** Deeper options are not checked. */
const MAX_DEPTH = 8;

/** @throws {FaultError} CONFIG_INVALID with the path of a secret that can never match, without its text. */
export function checkSecrets(value: unknown, key: string, depth = MAX_DEPTH): void {
  if (typeof value !== 'object' || value === null) return;
  if (isSecret(value)) {
    const problem = findSecretError(value.reveal());
    if (problem !== undefined) throw new FaultError('CONFIG_INVALID', `${key}: ${problem}`);
    return;
  }
  if (depth === 0) return;
  for (const [name, part] of Object.entries(value)) checkSecrets(part, `${key}.${name}`, depth - 1);
}

/** A plugin may have a copy of `core` of its own, so `instanceof` is not sufficient. */
const isSecret = (value: object): value is { reveal(): string } =>
  'reveal' in value && typeof value.reveal === 'function';
