/** `lookups.NAME.match:` */
import * as z from 'zod';
import type { MatchInput, MatchStep } from '../../gateway/lookup/plan.ts';
import { DEFAULT_MATCH } from '../defaults.ts';
import { customFieldMistake } from '../names.ts';
import { EVEN_IF_WRONG, helpSpotName } from './common.ts';

const kind = z
  .enum(['exact', 'prefix', 'contains'])
  .meta({ description: 'How values are compared.', examples: ['exact'] });

const input = z.strictObject({
  from: helpSpotName()
    .meta({ description: 'The HelpSpot parameter with the value. Left out: the key.', examples: ['Custom5'] })
    .optional(),
  match: kind.default('exact'),
});

const inputs = z
  .record(z.string().min(1).max(200), z.union([kind, input]))
  .superRefine((map, context) => {
    if (Object.keys(map).length === 0)
      context.addIssue({ code: 'custom', message: 'is empty; write { email: exact }' });
    for (const [key, value] of Object.entries(map)) {
      const found = typeof value === 'object' && value?.from !== undefined ? undefined : customFieldMistake(key);
      if (found !== undefined) context.addIssue({ code: 'custom', path: [key], message: found });
    }
  }, EVEN_IF_WRONG)
  .meta({ title: 'a map of fields, such as { last_name: prefix }', examples: [{ last_name: 'prefix' }] });

const parameter = helpSpotName().meta({ title: 'a name such as email', examples: ['email'] });

const step = z.union([
  parameter,
  inputs,
  z
    .array(z.union([parameter, inputs]))
    .min(1)
    .meta({ title: 'a list of these', examples: [['first_name', 'last_name']] }),
]);

/** As written; {@link matchSteps} makes the plan of it. */
export const matchSetting = z
  .array(step)
  .min(1)
  .meta({
    description:
      'How customers are found: the steps are tried in order until one finds somebody. A step is tried when all its values were sent, and all of them must match.',
    examples: [DEFAULT_MATCH],
  })
  .prefault(DEFAULT_MATCH);

/** @param fieldOf the field of the sources behind a name: see {@link MatchInput} */
export function matchSteps(
  steps: z.output<typeof matchSetting>,
  fieldOf: (name: string) => string,
): readonly MatchStep[] {
  return steps.map((entry) => (Array.isArray(entry) ? entry : [entry]).flatMap((one) => inputsOf(one, fieldOf)));
}

function inputsOf(entry: string | z.output<typeof inputs>, fieldOf: (name: string) => string): readonly MatchInput[] {
  if (typeof entry === 'string') return [{ parameter: entry, field: fieldOf(entry), match: 'exact' }];
  return Object.entries(entry).map(([key, value]) => {
    const { from = key, match } = typeof value === 'string' ? { match: value } : value;
    return { parameter: from, field: fieldOf(key), match };
  });
}
