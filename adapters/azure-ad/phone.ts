/**
 * Telephone numbers. Graph compares them as texts, so that `845-555-4278` does not find `(845) 555-4278`. A search asks for
 * the forms in which a number is likely to be written, and what comes back is compared as a number.
 */
import { type Criterion, spellingsOf } from '../../src/contract/index.ts';
import { inPhoneFormats } from '../../src/kit/text/index.ts';

// Graph takes 15 alternatives in one expression.
const MOST_FORMS = 15;

/** How numbers of ten digits, or eleven with the country, are written in North America. */
const NORTH_AMERICA = [
  '(###) ###-####',
  '+1 ### ### ####',
  '###-###-####',
  '### ### ####',
  '###.###.####',
  '+1 (###) ###-####',
  '+1 ###-###-####',
  '1-###-###-####',
  '(###)###-####',
];
/** The caller's own grouping, with another mark between the groups. */
const BETWEEN_GROUPS = [' ', '-', '.'];

/** The forms of the number of a criterion to search for, the likeliest first; empty when there is no digit. */
export function phoneForms(criterion: Criterion, formats: readonly string[]): readonly string[] {
  const spellings = spellingsOf({ ...criterion, kind: 'phone' });
  const numbers = [...new Set(spellings.map((one) => one.normalize('NFKC').replace(/\D+/g, '')))].filter(
    (one) => one !== '',
  );
  if (numbers.length === 0) return [];
  // The second spelling is without what stood around the number.
  const groups =
    spellings
      .slice(0, 2)
      .map((one) => one.match(/\d+/g) ?? [])
      .findLast((some) => some.length > 1) ?? [];
  const regrouped = groups.length === 0 ? [] : BETWEEN_GROUPS.map((mark) => groups.join(mark));
  const forms = [
    ...spellings.slice(0, 2),
    ...inPhoneFormats(numbers, formats),
    ...spellings,
    ...regrouped,
    ...inPhoneFormats(numbers, NORTH_AMERICA),
    ...numbers.map((digits) => `+${digits}`),
    ...regrouped.map((form) => `+${form}`),
  ];
  return [...new Set(forms)].slice(0, MOST_FORMS);
}
