/** What administrators read of pushes that were changed by hand, on the command line and by the API. */
import type { NotChanged, PushChange } from './by-hand.ts';

/** What the two words are called in sentences. */
export const CHANGE_WORDS: Readonly<Record<PushChange, { readonly done: string; readonly doable: string }>> = {
  retry: {
    done: 'sent again as soon as a gateway runs',
    doable: 'only what waits, failed or is unclear can be sent again',
  },
  drop: { done: 'dropped', doable: 'only what waits, failed or is unclear can be dropped' },
};

/** Why one could not be changed. */
export function reasonWords({ why, target }: NotChanged, change: PushChange): string {
  const words = {
    state: CHANGE_WORDS[change].doable,
    target: `there is no push target ${target} any more; put it back into push, or drop the push`,
    body: 'what was pushed is not kept any more',
    unknown: 'there is no such push',
  };
  return words[why];
}
