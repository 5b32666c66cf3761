/** From what HelpSpot sent to the questions of a lookup, and to what each source is asked. */
import { describe, expect, it } from 'vitest';
import { LONGEST_SOUGHT } from '../../../src/contract/index.ts';
import { isGiven, nameOf, parametersOf, questionTo, stepQuestions } from '../../../src/gateway/lookup/match-steps.ts';
import type { MatchStep } from '../../../src/gateway/lookup/plan.ts';
import { lookupPlan, steps } from '../../support/plans.ts';

const is = (field: string, value: string, match: 'exact' | 'prefix' | 'contains' = 'exact') => ({
  field,
  match,
  value,
});
const words: MatchStep = [
  { parameters: ['first_name', 'last_name'], words: ['name', 'company'] },
  { parameter: 'Custom5', field: 'crm.building', match: 'prefix' },
];
const asked = (match: readonly MatchStep[], parameters: Record<string, string>, unite = false) =>
  stepQuestions(lookupPlan({ match, unite }), parameters);

it('a step is called by its fields, and needs its parameters', () => {
  expect([nameOf(words), parametersOf(words)]).toEqual([
    'words(name company)+crm.building',
    ['first_name', 'last_name', 'Custom5'],
  ]);
});

describe('the questions', () => {
  it('are those of steps of which everything was sent, trimmed; the others are passed over', () => {
    const match = steps('email', 'first_name+last_name:prefix', 'phone');
    expect(asked(match, { email: ' a@example.com ', first_name: 'Ann', last_name: ' ', phone: 'n/a' })).toEqual({
      questions: [{ name: 'email', criteria: [is('email', 'a@example.com')], groups: [] }],
      skipped: ['first_name+last_name', 'phone'].map((step) => ({ step, problem: 'not all of its values were sent' })),
      notices: [],
    });
    expect(match.map((step) => isGiven(step, { email: 'x', phone: '1' }))).toEqual([true, false, true]);
  });

  it('have a group for each word, once, and for six at most', () => {
    const of = (first_name: string, last_name = '') =>
      asked([words], { first_name, last_name, Custom5: 'B' }).questions[0]?.groups?.map(([one]) => one?.value);
    expect(of('Max, Muster;Max - ', 'Max\tMeier')).toEqual(['Max', 'Muster', 'Meier']);
    expect(of('1 2 3 4 5 6 7')).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(of('é & 日')).toEqual(['é', '日']);
    expect(of('- ,;')).toBeUndefined();
    expect(asked([words], { first_name: 'Max', Custom5: 'B' }).questions).toEqual([
      {
        ...{ name: nameOf(words), criteria: [is('crm.building', 'B', 'prefix')] },
        groups: [[is('name', 'Max', 'contains'), is('company', 'Max', 'contains')]],
      },
    ]);
    expect(asked([words], { first_name: 'Max' }).questions).toEqual([]);
  });

  it('have no value that is longer than anybody’s', () => {
    const long = 'x'.repeat(LONGEST_SOUGHT);
    expect(asked(steps('email'), { email: ` ${long} ` }).questions).toHaveLength(1);
    expect(asked(steps('first_name+email', 'phone'), { email: `${long}x`, first_name: 'a', phone: '1' })).toEqual({
      questions: [{ name: 'phone', criteria: [is('phone', '1')], groups: [] }],
      skipped: [{ step: 'first_name+email', problem: 'a value is too long' }],
      notices: ['email is longer than 1000 characters; nobody was looked for by it'],
    });
  });

  it('are one where all are asked at once', () => {
    const sent = { email: 'x', phone: '1' };
    const apart = asked(steps('email', 'phone'), sent).questions;
    expect(asked(steps('email', 'phone'), sent, true).questions).toEqual([
      { name: 'email or phone', criteria: [], any: apart },
    ]);
    expect(asked(steps('email', 'phone'), { email: 'x' }, true).questions).toEqual(apart.slice(0, 1));
    expect(asked(steps('email'), {}, true).questions).toEqual([]);
  });
});

describe('what the source crm is asked', () => {
  const to = (criteria: readonly string[], groups?: readonly (readonly string[])[]) => {
    const question = { criteria: criteria.map((field) => is(field, '1')) };
    const all = groups && { groups: groups.map((group) => group.map((field) => is(field, '1'))) };
    const own = questionTo('crm', { ...question, ...all }, ['crm', 'erp']);
    const names = (some: readonly { field: string }[]) => some.map(({ field }) => field);
    return own && { criteria: names(own.criteria), ...(own.groups && { groups: own.groups.map(names) }) };
  };

  it('are its own fields, and what is of no source', () => {
    expect(to(['crm.id', 'name', 'other.x', '.y', 'crmx.z'])).toEqual({
      criteria: ['id', 'name', 'other.x', '.y', 'crmx.z'],
    });
    expect(to(['name', 'erp.id'])).toBeUndefined();
  });

  it('of words is what is left, unless one has nowhere to be', () => {
    expect(to([], [['crm.a', 'erp.b', 'c'], ['d']])).toEqual({ criteria: [], groups: [['a', 'c'], ['d']] });
    expect(to(['crm.id'], [['crm.a']])).toEqual({ criteria: ['id'], groups: [['a']] });
    expect(to([], [['a'], ['erp.b']])).toBeUndefined();
    expect(to(['erp.id'], [['a']])).toBeUndefined();
  });
});
