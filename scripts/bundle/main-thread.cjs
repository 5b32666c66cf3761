'use strict';
// Stands in the bundle for node:worker_threads, of which pino asks only this; loading all of it costs a command-line
// lookup more than its line in the log.
module.exports = { isMainThread: true };
