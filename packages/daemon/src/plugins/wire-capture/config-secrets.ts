/** Finds the secrets in the options of a plugin: each `Secret`, and each text whose name says that it is one. Pure. */
import { kindOf } from './masking/field-names.ts';

export interface FoundSecret {
  readonly value: string;
  /** Where it is in the options, such as `webhook.secret`. */
  readonly path: string;
}

/** Deeper options are not looked at. */
const MAX_DEPTH = 8;
/** A part of the path of a secret URL that is long enough for a token. */
const MIN_TOKEN_CHARACTERS = 12;

/**
 * @param parsed the options as the schema of the plugin returned them
 * @param configured the options as they are in the configuration
 */
export function findSecrets(parsed: unknown, configured: unknown): readonly FoundSecret[] {
  const found = [
    ...walk(parsed, [], MAX_DEPTH, () => false),
    ...walk(configured, [], MAX_DEPTH, isNamedSecret),
  ];
  return [...new Map(found.map((each) => [each.value, each])).values()];
}

const isNamedSecret = (path: readonly string[]): boolean =>
  kindOf({ name: path.at(-1) ?? '' }) === 'credential';

function walk(
  value: unknown,
  path: readonly string[],
  depth: number,
  isSecretText: (path: readonly string[]) => boolean,
): readonly FoundSecret[] {
  if (typeof value === 'string') return isSecretText(path) ? partsOf(value, path.join('.')) : [];
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  if ('reveal' in value && typeof value.reveal === 'function')
    return partsOf(String((value as { reveal(): unknown }).reveal()), path.join('.'));
  return Object.entries(value).flatMap(([name, part]) =>
    walk(part, [...path, name], depth - 1, isSecretText),
  );
}

/** Of a URL, only the parts that differ between two accounts: a URL without them is still a URL. */
function partsOf(value: string, path: string): readonly FoundSecret[] {
  if (!/^(?:https?|wss?):\/\//.test(value) || !URL.canParse(value)) return [{ value, path }];
  const { hostname, username, password, pathname, searchParams } = new URL(value);
  const parts = [hostname, decode(username), decode(password), ...searchParams.values()];
  const tokens = pathname
    .split('/')
    .map(decode)
    .filter((part) => part.length >= MIN_TOKEN_CHARACTERS && !part.includes('{'));
  return [...parts, ...tokens]
    .filter((part) => part !== '' && !part.includes('{'))
    .map((part) => ({ value: part, path: '' }));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
