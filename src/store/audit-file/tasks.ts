/** What runs in the worker thread of the audit. */
export { countEntries, readPage } from './reading.ts';
export { proveAudit, writeEntries } from './writing.ts';
