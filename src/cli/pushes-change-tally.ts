/** What is said of pushes that were changed by hand: how many were, how many were not, and why. */
import type { ChangeCount, PushChange } from '../gateway/push/by-hand.ts';
import { CHANGE_WORDS, reasonWords } from '../gateway/push/by-hand-words.ts';
import { counted } from '../kit/text/index.ts';
import type { PushWork } from './pushes-selection.ts';
import { printable } from './text-width.ts';

/** Does some of the work; where it fails, what was changed before is told all the same. @returns the exit status: 1 when one could not be changed */
export async function telling(
  work: PushWork,
  change: PushChange,
  counted: ChangeCount,
  doIt: () => Promise<unknown>,
): Promise<number> {
  try {
    await doIt();
  } catch (error) {
    if (counted.changed > 0) tell(work, change, counted);
    throw error;
  }
  tell(work, change, counted);
  return counted.failed.length === 0 ? 0 : 1;
}

function tell({ say }: PushWork, change: PushChange, { changed, leftOut, leftOutIds, failed }: ChangeCount): void {
  say(`${counted(changed, 'push is', 'pushes are')} ${CHANGE_WORDS[change].done}\n`);
  const were = (count: number) => `${counted(count, 'was', 'were')} not`;
  if (leftOut > 0) {
    const ids = named(leftOutIds, leftOut);
    say(`${were(leftOut)} (${ids}): staff have pushed them again since; name them to send them all the same\n`);
  }
  for (const { reason, count, ids } of failed) {
    say(`${were(count)} (${named(ids, count)}): ${reasonWords(reason, change)}\n`);
  }
}

function named(ids: readonly string[], count: number): string {
  return `${ids.map(printable).join(', ')}${count > ids.length ? ' …' : ''}`;
}
