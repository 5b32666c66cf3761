/** What runs in the worker thread of the audit. */
export { countEntries, readPage, readUnhanded } from './reading.ts';
export { markHanded, proveAudit, writeEntries } from './writing.ts';
