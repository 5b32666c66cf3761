// What a release has of other people: the libraries in its bundles, and those that npm installs beside it.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const BUNDLED = 'dist/bundled-libraries.json';

/** Licences that ask for no more than their text in the release. Whoever adds one has read it. */
export const ALLOWED = new Set([
  ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0', 'Zlib'],
]);

/** @param {string} expression of SPDX: `MIT`, `(MIT OR GPL-3.0)`, `(MIT AND Zlib)`. What is more than that is not allowed. */
export function isAllowed(expression) {
  const plain = expression.replace(/^\((.*)\)$/, '$1');
  return plain.split(' OR ').some((choice) => choice.split(' AND ').every((one) => ALLOWED.has(one)));
}

/** The folders of the libraries in the bundles, as package-lock.json names them. The build writes them down. */
export function bundledLibraries() {
  if (!existsSync(BUNDLED)) throw new Error(`${BUNDLED} is missing; run npm run build first`);
  return JSON.parse(readFileSync(BUNDLED, 'utf8'));
}

/**
 * The bill of materials of a release, in CycloneDX (https://cyclonedx.org/docs/1.5/json/): npm's own, of package-lock.json, without
 * what only the development needs. For npm a library in a bundle is one of those.
 */
export function billOfMaterials() {
  const { name } = JSON.parse(readFileSync('package.json', 'utf8'));
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const npm = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'];
  const bill = JSON.parse(execFileSync('npm', npm, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));

  const bundled = new Set(
    bundledLibraries().map((folder) => {
      const { name = folder.split('node_modules/').at(-1), version } = packages[folder] ?? {};
      if (version === undefined) throw new Error(`${folder} is in a bundle, but not in package-lock.json`);
      return `${name}@${version}`;
    }),
  );
  const isDevelopment = ({ name }) => name === 'cdx:npm:package:development';
  const components = bill.components.flatMap((component) => {
    const { properties = [], 'bom-ref': ref } = component;
    if (!bundled.has(ref)) return properties.some(isDevelopment) ? [] : [component];
    const others = properties.filter((property) => !isDevelopment(property));
    const mark = { name: 'cdx:npm:package:bundled', value: 'true' };
    return [{ ...component, scope: 'required', properties: [...others, mark] }];
  });

  const root = bill.metadata.component['bom-ref'];
  const shipped = new Set(components.map((component) => component['bom-ref']));
  const needs = new Map(
    bill.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn.filter((one) => shipped.has(one))]),
  );
  const needed = new Set([...shipped].flatMap((ref) => needs.get(ref) ?? []));
  // A part of a library may be shipped without the library through which it came.
  needs.set(root, [...new Set([...(needs.get(root) ?? []), ...[...shipped].filter((ref) => !needed.has(ref))])]);
  return {
    ...bill,
    metadata: { ...bill.metadata, component: { ...bill.metadata.component, name } },
    components,
    dependencies: [root, ...shipped].map((ref) => ({ ref, dependsOn: needs.get(ref) ?? [] })),
  };
}

/** The licence of a component, as an SPDX expression; `unknown` where its package.json says none. */
export function licenceOf({ licenses: [first] = [] }) {
  return first?.expression ?? first?.license?.id ?? first?.license?.name ?? 'unknown';
}
