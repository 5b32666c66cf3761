// Bundles both programs in bin/, each with a V8 code cache. They are started for every lookup, every command and every
// restart: loading the modules one by one costs several times what they then do, and so does compiling what is not used.
// `npm run build` calls it; so do the tests, since a code cache is for the Node.js that made it.
import { bundleGateway } from './bundle/gateway.js';
import { bundleLivelookup } from './bundle/livelookup.js';

await bundleLivelookup();
await bundleGateway();
