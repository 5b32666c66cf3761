// A thread that checks patterns: { source, flags } comes in, what recheck says goes out.
import { parentPort } from 'node:worker_threads';
import { checkSync } from 'recheck';

// The slowest pattern of the project takes 9 s; a machine that does other things takes a multiple of that.
const TIMEOUT_MS = 120_000;

parentPort.on('message', ({ source, flags }) => {
  const { status, complexity, attack, error } = checkSync(source, flags, {
    timeout: TIMEOUT_MS,
    // The attack is proved on an own matcher, in steps; a time limit of its own would make the answer depend on the load.
    attackLimit: 100_000_000,
    attackTimeout: null,
    incubationTimeout: null,
  });
  parentPort.postMessage({ status, summary: complexity?.summary ?? error?.kind, attack: attack?.pattern });
});
