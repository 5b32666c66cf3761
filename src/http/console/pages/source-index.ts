/** How the index of a source stands. */
import type { ComponentChild } from 'preact';
import type { IndexPlan, IndexState } from '../../../gateway/sources/customer-index.ts';
import { millisecondsUntilRun } from '../../../gateway/sources/follower.ts';
import { time } from '../page.ts';
import { hidingSecrets } from '../visible.ts';
import type { Visit } from '../visit.ts';

/** @param state undefined: there is nothing of the source in the index yet */
export function indexFacts(
  visit: Visit,
  state: IndexState | undefined,
  index: IndexPlan,
): readonly (readonly [string, ComponentChild])[] {
  const { texts } = visit;
  if (state === undefined) return [[texts.state, texts.indexNotBegun]];
  const now = Date.now();
  const { records, leftOut, freshAt, fullAt, run, held, problem, follower } = state;
  const isFollowed = state.ownedUntil > now;
  const until = millisecondsUntilRun(state, index, now);
  return [
    [texts.indexUse, index.use],
    [texts.indexedRecords, String(records)],
    [texts.indexLeftOut, leftOut === 0 ? undefined : String(leftOut)],
    [texts.dataFrom, freshAt === undefined ? texts.never : time(freshAt)],
    [texts.lastFullRun, fullAt === undefined ? texts.never : time(fullAt)],
    [texts.runUnderWay, run && texts.runWords(run.read ?? 0, run.changed ?? 0)],
    [texts.runBegan, run && time(run.began)],
    [texts.nextRun, isFollowed ? time(now + until) : texts.notFollowed],
    [texts.followedBy, isFollowed ? follower : undefined],
    [texts.lastRun, problem && hidingSecrets(visit, problem)],
    [texts.indexHolds, held === 0 ? undefined : texts.heldWords(held)],
  ];
}
