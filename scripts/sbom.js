// `npm run sbom`: writes what a release says of other people's code in it. dist/sbom.cdx.json lists it for programs
// (CycloneDX), dist/licences.txt has the texts that the licences of the libraries in the bundles ask for.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { billOfMaterials, bundledLibraries } from './shipped.js';

writeFileSync('dist/sbom.cdx.json', `${JSON.stringify(billOfMaterials(), undefined, 1)}\n`);

/** The names of files with a licence, or what it asks to be told. */
const LICENCE = /^(?:licen[cs]e|copying|notice)\b/i;

function licenceTextOf(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder, { withFileTypes: true }).filter((file) => file.isFile() && LICENCE.test(file.name));
  const texts = files.map((file) => readFileSync(join(folder, file.name), 'utf8').trim());
  const by = typeof author === 'string' ? author : author?.name;
  if (texts.length === 0)
    texts.push(`${license ?? ''}${by === undefined ? '' : `, by ${by}`}; the package has no text of it.`);
  return `${name} ${version}\n\n${texts.join('\n\n')}\n`;
}

const line = `\n${'-'.repeat(80)}\n\n`;
const texts = bundledLibraries().map(licenceTextOf);
const title = 'The bundles of helpspot-gateway have code of these libraries in them, each under its own licence.\n';
writeFileSync('dist/licences.txt', [title, ...texts].join(line));
