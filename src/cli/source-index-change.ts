/** `helpspot-gateway index rebuild`, `empty` and `accept`: what a person says of the index of a source. */

import { counted } from '../kit/text/index.ts';
import { changeIndexByHand } from '../store/store.ts';
import { agreed } from './agree.ts';
import { recordChange } from './audit-change.ts';
import type { IndexedOne, IndexWork } from './source-index-work.ts';

/** A gateway that serves looks that often. */
const SOON = 'a gateway that serves begins within some seconds';

/** @returns the exit status: 1 when nobody said yes */
export async function changeIndexOf(
  work: IndexWork,
  word: 'rebuild' | 'empty' | 'accept',
  { name, row }: IndexedOne,
): Promise<number> {
  const { file, say, plan, terminal } = work;
  if (row === undefined) {
    say(`There is nothing of ${name} in the index yet; ${SOON}\n`);
    return 0;
  }
  const { records, held } = row;
  if (word === 'accept' && held === 0) {
    say(`The index of ${name} does not ask for anything\n`);
    return 0;
  }
  if (word === 'empty') {
    const what = `the index of ${name} has ${counted(records, 'record')}`;
    const question = `Empty the index of ${name}, ${counted(records, 'record')}? Until it is filled again the system alone answers.`;
    if (!(await agreed(work, question, what))) return 1;
  }
  await changeIndexByHand(plan.store, file, name, word);
  const count = word === 'accept' ? held : records;
  await recordChange(plan, terminal, { name: `index ${word}`, things: [name], count });
  const done = {
    rebuild: `Everything of ${name} is read again, and what is there answers meanwhile; ${SOON}`,
    empty: `The index of ${name} is empty; it is filled again: ${SOON}`,
    accept: `The next full run of ${name} may remove what it does not see any more (${counted(held, 'record')} the last time); ${SOON}`,
  };
  say(`${done[word]}\n`);
  return 0;
}
