/**
 * `npm run sbom [-- <file>]`: writes a software bill of materials in the format of CycloneDX. It lists what users run: our
 * packages and their dependencies, bundled ones included. Reads only the lockfile and the installed packages, and the same
 * lockfile gives the same file.
 */
import { writeFileSync } from 'node:fs';
import { Contrib, Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import {
  installedManifests,
  readLockfile,
  readManifest,
  shippedPackages,
  splitId,
  type Lockfile,
  type Manifest,
} from './lockfile.ts';

const licenses = new Contrib.License.Factories.LicenseFactory((text) => {
  if (!/^\(?[\w.+-]+(?: (?:OR|AND|WITH) [\w.+-]+)+\)?$/.test(text)) throw new Error('not an SPDX expression');
});

/** Returns the package URL: https://github.com/package-url/purl-spec, type npm. */
const packageUrl = (name: string, version: string): string =>
  `pkg:npm/${name.split('/').map(encodeURIComponent).join('/')}@${encodeURIComponent(version)}`;

function componentOf({ name, version, license }: Manifest, integrity: string | undefined): Models.Component {
  const [, scope, bareName = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [];
  const purl = packageUrl(name, version);
  const component = new Models.Component(Enums.ComponentType.Library, bareName, {
    bomRef: purl,
    purl,
    version,
    ...(scope !== undefined && { group: scope }),
  });
  if (license !== undefined) component.licenses.add(licenses.makeFromString(license));
  const hash = integrity?.match(/^sha512-(.+)$/)?.[1];
  if (hash !== undefined)
    component.hashes.set(Enums.HashAlgorithm['SHA-512'], Buffer.from(hash, 'base64').toString('hex'));
  return component;
}

/** @param manifests of installed packages; the license of other packages is not known. */
export function createSbom(lockfile: Lockfile, manifests: ReadonlyMap<string, Manifest>): string {
  const shipped = shippedPackages(lockfile);
  const components = new Map(
    [...shipped.keys()].map((id) => {
      const manifest = id.startsWith('packages/') ? readManifest(id) : (manifests.get(id) ?? splitId(id));
      return [id, componentOf(manifest, lockfile.packages[id]?.resolution.integrity)] as const;
    }),
  );
  const { version } = readManifest('packages/daemon');
  const root = new Models.Component(Enums.ComponentType.Application, 'sidetone', {
    bomRef: 'sidetone',
    version,
  });
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: root }) });
  for (const [id, component] of components) {
    bom.components.add(component);
    if (id.startsWith('packages/')) root.dependencies.add(component.bomRef);
    for (const dependency of shipped.get(id)!.dependencies)
      component.dependencies.add(components.get(dependency)!.bomRef);
  }
  const normalizer = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  return new Serialize.JsonSerializer(normalizer).serialize(bom, { sortLists: true, space: 2 });
}

if (import.meta.filename === process.argv[1]) {
  const file = process.argv[2] ?? 'sbom.cdx.json';
  const text = createSbom(readLockfile(), installedManifests());
  writeFileSync(file, `${text}\n`);
  const { components } = JSON.parse(text) as { readonly components: readonly unknown[] };
  process.stdout.write(`${file}: ${components.length} components\n`);
}
