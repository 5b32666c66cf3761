/** What runs in the worker thread that writes the index. */
export { changeIndex, removeRecords, tidyIndex } from './by-hand.ts';
export { feedRecords } from './feeding.ts';
export { adoptState, applyShared, doubtedKeys, noteSeenElsewhere, outgoing, sent, shareIndex } from './sharing.ts';
export {
  beginRun,
  claimIndex,
  endRun,
  keepIndex,
  proveIndex,
  releaseIndex,
  removeOthers,
  writeBatches,
} from './writing.ts';
