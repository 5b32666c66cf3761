/** Tests of values, as `when`, `warn` and `mark` have them. */
import * as z from 'zod';
import type { MomentPlan, TestPlan } from '../../gateway/lookup/conditions.ts';
import { readDate } from '../../gateway/lookup/dates.ts';
import type { ConditionPlan, MarkPlan } from '../../gateway/lookup/plan.ts';
import { EVEN_IF_WRONG, mistake } from './common.ts';

const scalar = () => z.union([z.string().min(1).max(1_000), z.number(), z.boolean()]).transform(String);
const oneOrSeveral = () =>
  z
    .union([scalar(), z.array(scalar()).min(1).max(100)])
    .meta({ title: 'a text, or a list of texts', examples: ['active'] })
    .optional();
const moment = (example: string) =>
  z
    .string()
    .max(50)
    .superRefine(mistake(momentMistake))
    .meta({
      title: 'a day as 2026-11-21, today, today + 30 days, or now',
      description: `A date ${example === 'today' ? 'before' : 'after'} this: 2026-11-21, today, today + 30 days, now.`,
      examples: [example],
    })
    .optional();
const amount = (how: string) =>
  z
    .number()
    .meta({ description: `A number ${how} this.`, examples: [0] })
    .optional();

/** The keys of a test. */
const TEST = {
  equals: oneOrSeveral().describe('One of these.'),
  not: oneOrSeveral().describe('None of these.'),
  contains: z
    .string()
    .min(1)
    .max(1_000)
    .meta({ description: 'A part of the text.', examples: ['VIP'] })
    .optional(),
  before: moment('today'),
  after: moment('today + 30 days'),
  above: amount('above'),
  below: amount('below'),
  filled: z
    .boolean()
    .meta({ description: 'Whether there is a value at all.', examples: [true] })
    .optional(),
};
const KEYS = Object.keys(TEST);

const someTest = (map: object, context: z.RefinementCtx): void => {
  if (KEYS.some((key) => Reflect.get(map, key) !== undefined)) return;
  context.addIssue({ code: 'custom', message: 'says nothing of the value; write a test such as { before: today }' });
};

const test = z
  .strictObject(TEST)
  .superRefine(someTest, EVEN_IF_WRONG)
  .meta({ title: 'a map such as { before: today }', examples: [{ before: 'today' }] });

/** `when:` All must hold for a field to be shown. */
export const whenSetting = z
  .record(z.string().min(1).max(200), z.union([scalar(), z.array(scalar()).min(1).max(100), test]))
  .meta({
    title: 'a map of fields and what must hold of them',
    description: 'It is shown only when all of this holds: field: what it equals, or a test.',
    examples: [{ status: 'active' }],
  })
  .optional();

const markedField = z
  .string()
  .min(1)
  .max(200)
  .meta({ description: 'The field that is tested. Left out: the value itself.', examples: ['ends'] })
  .optional();

/** `warn:` A mark in red. */
export const warnSetting = z
  .strictObject({ field: markedField, ...TEST })
  .superRefine(someTest, EVEN_IF_WRONG)
  .meta({
    title: 'a map such as { before: today }',
    description: 'The value is shown in red when this holds.',
    examples: [{ before: 'today' }],
  })
  .optional();

const mark = z
  .strictObject({
    field: markedField,
    ...TEST,
    as: z
      .enum(['danger', 'warning', 'success', 'muted'])
      .meta({ description: 'danger in red, warning in orange, success in green, muted in grey.', examples: ['danger'] })
      .default('danger'),
  })
  .superRefine(someTest, EVEN_IF_WRONG)
  .meta({ title: 'a map such as { equals: blocked, as: danger }', examples: [{ equals: 'blocked', as: 'danger' }] });

/** `mark:` One or several; the first that holds. */
export const markSetting = z
  .union([mark, z.array(mark).min(1).max(20)])
  .meta({
    title: 'a map such as { equals: blocked, as: danger }, or a list of them',
    description: 'How the value stands out: the first of which the test holds.',
    examples: [{ equals: 'blocked', as: 'danger' }],
  })
  .optional();

/** The conditions in the order in which they are written. */
export function conditionPlans(when: z.output<typeof whenSetting>): readonly ConditionPlan[] {
  return Object.entries(when ?? {}).map(([field, written]) => ({
    field,
    test: typeof written === 'string' || Array.isArray(written) ? { equals: [written].flat() } : testPlan(written),
  }));
}

/** `warn` comes first: it says that something is wrong. */
export function markPlans(
  warn: z.output<typeof warnSetting>,
  marks: z.output<typeof markSetting>,
): readonly MarkPlan[] {
  const all = [...(warn === undefined ? [] : [{ ...warn, as: 'danger' as const }]), ...[marks ?? []].flat()];
  return all.map(({ field, as, ...written }) => ({ field, as, test: testPlan(written) }));
}

function testPlan({ equals, not, contains, before, after, above, below, filled }: z.output<typeof test>): TestPlan {
  return {
    ...(equals !== undefined && { equals: [equals].flat() }),
    ...(not !== undefined && { not: [not].flat() }),
    ...(contains !== undefined && { contains }),
    ...(before !== undefined && { before: momentPlan(before) }),
    ...(after !== undefined && { after: momentPlan(after) }),
    ...(above !== undefined && { above }),
    ...(below !== undefined && { below }),
    ...(filled !== undefined && { filled }),
  };
}

const FROM_TODAY = /^today(?: ?([+-]) ?(\d{1,5}) ?(?:d|days?))?$/i;

function momentPlan(text: string): MomentPlan {
  const plain = text.trim();
  if (/^now$/i.test(plain)) return { kind: 'now' };
  const [today, sign, days = '0'] = FROM_TODAY.exec(plain) ?? [];
  if (today !== undefined) return { kind: 'day', days: sign === '-' ? -Number(days) : Number(days) };
  return { kind: 'fixed', text: plain };
}

function momentMistake(text: string): string | undefined {
  const moment = momentPlan(text);
  if (moment.kind !== 'fixed' || readDate(moment.text) !== undefined) return undefined;
  return 'is no day; write 2026-11-21, today, today + 30 days, or now';
}
