/** `phones:` */

import * as z from 'zod';
import { mistake } from './common.ts';

// Made when it is needed: few configurations have a country, and every lookup of the command line would wait for it.
let countries: Intl.DisplayNames | undefined;

function countryMistake(code: string): string | undefined {
  // The United Kingdom is GB, and no list of telephone numbers knows UK.
  const meant = /^[A-Za-z]{2}$/.test(code) ? new Intl.Locale(`und-${code}`).region : undefined;
  countries ??= new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const isCountry = meant !== undefined && countries.of(meant) !== undefined;
  if (isCountry && meant !== code) return `is not how the code of the country is written; write ${meant}`;
  return isCountry ? undefined : 'is no code of a country; write two capitals (ISO 3166), such as DE, GB or US';
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
