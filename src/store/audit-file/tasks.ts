/** What runs in the worker thread of the audit. */
export { countEntries, readPage, readUnhanded } from './reading.ts';
export { fileSomeBlocks, markHanded, proveAudit, writeEntries } from './writing.ts';
