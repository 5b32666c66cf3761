/** `phones:` */

import * as z from 'zod';
import { mistake } from './common.ts';

const countries = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

function countryMistake(code: string): string | undefined {
  return /^[A-Z]{2}$/.test(code) && countries.of(code) !== undefined
    ? undefined
    : 'is no code of a country; write two capitals (ISO 3166), such as DE, GB or US';
}

/** How telephone numbers are meant. */
export const phonesSection = z
  .strictObject({
    country: z
      .string()
      .max(100)
      .superRefine(mistake(countryMistake))
      .meta({
        title: 'the code of a country',
        description: 'The country of telephone numbers that do not say theirs: 030 12345 in DE is +49 30 12345.',
        examples: ['DE'],
      })
      .optional(),
  })
  .meta({ description: 'How telephone numbers are meant.', examples: [{ country: 'DE' }] });
