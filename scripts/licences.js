// `npm run licences`: prints the licence of each library that a release has in it or installs, and fails for one that
// scripts/shipped.js does not allow.
import { billOfMaterials, isAllowed, licenceOf } from './shipped.js';

const { components } = billOfMaterials();
for (const component of components) {
  const licence = licenceOf(component);
  process.stdout.write(`${licence.padEnd(16)} ${component['bom-ref']}${isAllowed(licence) ? '' : '   NOT ALLOWED'}\n`);
}
const wrong = components.filter((component) => !isAllowed(licenceOf(component)));
process.stdout.write(`${components.length} libraries, ${wrong.length} with a licence that is not allowed\n`);
if (wrong.length > 0) process.exitCode = 1;
