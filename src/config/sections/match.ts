/** `lookups.NAME.match:` */
import * as z from 'zod';
import type { MatchStep } from '../../gateway/lookup/plan.ts';
import { STANDARD_ELEMENTS } from '../../helpspot/xml-name.ts';
import { DEFAULT_MATCH } from '../defaults.ts';
import { customFieldMistake } from '../names.ts';
import { EVEN_IF_WRONG, helpSpotName, mistake } from './common.ts';

const KINDS_OF_MATCH: readonly string[] = ['exact', 'prefix', 'contains'];

const kind = z
  .enum(['exact', 'prefix', 'contains'])
  .meta({ description: 'How values are compared.', examples: ['exact'] });

const input = z.strictObject({
  from: helpSpotName()
    .meta({ description: 'The HelpSpot parameter with the value. Left out: the key.', examples: ['Custom5'] })
    .optional(),
  match: kind.default('exact'),
});

/** What was probably meant by something that is neither a way to compare nor a map; undefined: nobody knows. */
function meantInput({ input, path }: { readonly input?: unknown; readonly path?: readonly PropertyKey[] | undefined }) {
  const several = '[first_name, last_name]';
  if (Array.isArray(input)) {
    return `is a list; write words: ${several} for words that may be in any of them, or the step ${several} for both`;
  }
  if (typeof input !== 'string' || input.length > 200) return undefined;
  const key = String(path?.at(-1) ?? '');
  if (/^(?:field|name|column|parameter|key)$/i.test(key) && !KINDS_OF_MATCH.includes(input)) {
    return `is no field; a step begins with the name of its field: { ${input}: exact }`;
  }
  if (!/^Custom\d+$/.test(input) && !STANDARD_ELEMENTS.includes(input)) return undefined;
  return `must be one of ${KINDS_OF_MATCH.join(', ')}; for the value of another parameter write { ${key}: { from: ${input} } }`;
}

const notWords = z
  .string()
  .min(1)
  .max(200)
  .refine((key) => key !== 'words');

const inputs = z
  .record(notWords, z.union([kind, input], { error: meantInput }))
  .superRefine((map, context) => {
    if (Object.keys(map).length === 0)
      context.addIssue({ code: 'custom', message: 'is empty; write { email: exact }' });
    for (const [key, value] of Object.entries(map)) {
      const found = typeof value === 'object' && value?.from !== undefined ? undefined : customFieldMistake(key);
      if (found !== undefined) context.addIssue({ code: 'custom', path: [key], message: found });
    }
  }, EVEN_IF_WRONG)
  .meta({ title: 'a map of fields, such as { last_name: prefix }', examples: [{ last_name: 'prefix' }] });

const words = z
  .strictObject({
    words: z
      .array(helpSpotName())
      .min(1)
      .max(10)
      .meta({
        title: 'a list of names',
        description: 'Each word that was typed must be in one of these, in any order.',
        examples: [['first_name', 'last_name', 'company']],
      }),
    from: z
      .array(helpSpotName())
      .min(1)
      .max(10)
      .meta({
        title: 'a list of names',
        description: 'The HelpSpot parameters whose words are looked for. Left out: those of the list.',
        examples: [['last_name']],
      })
      .optional(),
  })
  .meta({ title: 'words with a list of fields', examples: [{ words: ['first_name', 'last_name'] }] });

/** The step `first_name, last_name` would look for a parameter of this name, and never be tried. */
function severalNames(name: string): string | undefined {
  if (name.includes('{{')) return 'is a template; a step is a name without braces, such as email';
  const names = name.split(/[,+&]/).map((one) => one.trim());
  return names.length > 1 ? `is several names in one text; write [${names.join(', ')}]` : undefined;
}

const parameter = helpSpotName()
  .superRefine(mistake(severalNames))
  .meta({ title: 'a name such as email', examples: ['email'] });

const step = z.union([
  parameter,
  words,
  inputs,
  z
    .array(z.union([parameter, words, inputs]))
    .min(1)
    .meta({ title: 'a list of these', examples: [['first_name', 'last_name']] }),
]);

const unite = z
  .strictObject({
    unite: z
      .array(step)
      .min(1)
      .max(20)
      .meta({
        title: 'a list of steps',
        description: 'All steps are asked at once, and whoever one of them finds is shown, each customer once.',
        examples: [['email', 'phone']],
      }),
  })
  .meta({ title: 'unite with a list of steps', examples: [{ unite: ['email', 'phone', 'last_name'] }] });

/** As written; {@link matchSteps} makes the plan of it. */
export const matchSetting = z
  .union([z.array(step).min(1).meta({ title: 'a list of steps' }), unite])
  .meta({
    title: 'a list of steps',
    description:
      'How customers are found: the steps are tried in order until one finds somebody. A step is tried when all its values were sent, and all of them must match.',
    examples: [DEFAULT_MATCH],
  })
  .prefault(DEFAULT_MATCH);

/** @param fieldOf the field of the sources behind a name: see {@link MatchInput} */
export function matchSteps(
  written: z.output<typeof matchSetting>,
  fieldOf: (name: string) => string,
): readonly MatchStep[] {
  const steps = Array.isArray(written) ? written : written.unite;
  return steps.map((entry) => (Array.isArray(entry) ? entry : [entry]).flatMap((one) => inputsOf(one, fieldOf)));
}

function inputsOf(
  entry: string | z.output<typeof words> | z.output<typeof inputs>,
  fieldOf: (name: string) => string,
): MatchStep {
  if (isWords(entry)) return [{ parameters: entry.from ?? entry.words, words: entry.words.map(fieldOf) }];
  if (typeof entry === 'string') return [{ parameter: entry, field: fieldOf(entry), match: 'exact' }];
  return Object.entries(entry).map(([key, value]) => {
    const { from = key, match } = typeof value === 'string' ? { match: value } : value;
    return { parameter: from, field: fieldOf(key), match };
  });
}

function isWords(entry: string | object): entry is z.output<typeof words> {
  return typeof entry === 'object' && 'words' in entry && Array.isArray(entry.words);
}
