// Bundles both programs in bin/, each with a V8 code cache, and the modules that are loaded beside them. The programs are
// started for every lookup, every command and every restart: loading the modules one by one costs several times what they
// then do, and so does compiling what is not used. With the libraries in the bundles, nobody has to install them.
// `npm run build` calls it; so do the tests, since a code cache is for the Node.js that made it.
import { writeFileSync } from 'node:fs';
import { bundleGateway } from './bundle/gateway.js';
import { bundleLivelookup } from './bundle/livelookup.js';
import { bundleModules } from './bundle/modules.js';

const bundled = [await bundleModules(), await bundleLivelookup(), await bundleGateway()];
// For the bill of materials.
const libraries = [...new Set(bundled.flatMap((packages) => [...packages]))].sort();
writeFileSync('dist/bundled-libraries.json', `${JSON.stringify(libraries, undefined, 2)}\n`);
