/** What a request is filled with: a place holds one spelling, and a system that compares texts may have another. */
import { type Criterion, spellingsOf } from '../../src/contract/index.ts';

/**
 * So many requests are made for one question, one after the other, until one finds somebody. Enough for a telephone number
 * as typed, by its digits and with its country; for a name with an umlaut or an apostrophe; somebody waits for each.
 */
const MOST_ASKED = 4;

/**
 * The criteria in the spellings to ask for, the likeliest first: those of one value, or the likeliest pairs of two.
 * @param isAsked whether the request has a place for the field; what it has none for is only compared
 */
export function spelledCriteria(
  criteria: readonly Criterion[],
  isAsked: (field: string) => boolean,
): readonly (readonly Criterion[])[] {
  let ways: readonly { readonly rank: number; readonly criteria: readonly Criterion[] }[] = [{ rank: 0, criteria: [] }];
  for (const criterion of criteria) {
    const spellings = isAsked(criterion.field) ? spellingsOf(criterion) : [criterion.value];
    ways = ways
      .flatMap((way) =>
        spellings.map((value, index) => ({
          rank: way.rank + index,
          criteria: [...way.criteria, { ...criterion, value }],
        })),
      )
      .sort((one, other) => one.rank - other.rank)
      .slice(0, MOST_ASKED);
  }
  return ways.map((way) => way.criteria);
}
