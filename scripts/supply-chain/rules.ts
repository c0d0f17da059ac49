/** What is accepted as a dependency. `test/supply-chain.test.ts` applies the rules. */
import type { Lockfile } from './lockfile.ts';

/** Licenses that permit use in any program, with at most a notice. */
const ALLOWED_LICENSES = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Unlicense',
  'Zlib',
]);

/** Returns whether an SPDX expression permits one of the allowed licenses. */
export function isAllowedLicense(expression: string | undefined): boolean {
  const choices = expression?.replace(/^\((.*)\)$/, '$1').split(' OR ') ?? [];
  return choices.some((license) => ALLOWED_LICENSES.has(license));
}

const SHA512 = /^sha512-[A-Za-z0-9+/]{86}==$/;
const REGISTRY_ID = /^(?:@[^/@]+\/)?[^/@]+@\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/;

/** Returns the packages that are not verified by a SHA-512, or that are not releases in the registry. */
export const unverifiedPackages = ({ packages }: Lockfile): readonly string[] =>
  Object.entries(packages)
    .filter(([id, { resolution }]) => {
      const { integrity = '', ...source } = resolution;
      return !SHA512.test(integrity) || Object.keys(source).length > 0 || !REGISTRY_ID.test(id);
    })
    .map(([id]) => id);
