import { describe, expect, test } from 'vitest';
import type { LookupPlan } from '../../src/gateway/lookup/plan.ts';
import { load, mistakesOf } from './files.ts';

const configuration = (settings: string) => `
sources: { customers: { adapter: list, file: a.csv } }
lookups:
  contacts:
    sources: customers
${settings.replace(/^(?=.)/gm, '    ')}
`;

async function lookup(settings: string): Promise<LookupPlan> {
  const found = (await load(configuration(settings))).lookups.get('contacts');
  if (found === undefined) throw new Error('no lookup');
  return found;
}

const elements = ({ fields }: LookupPlan) => fields?.map(({ element }) => element);

describe('addressBook', () => {
  test('is off unless it is asked for', async () => {
    const plan = await lookup('fields: { organization: company }');
    expect(plan.addressBook).toBeUndefined();
    expect((await lookup('addressBook: false')).addressBook).toBeUndefined();
    expect(elements(plan)).toEqual(['customer_id', 'first_name', 'last_name', 'email', 'phone', 'organization']);
  });

  test('shows title, description and highlight under their own names, unless they are mapped or hidden', async () => {
    const plan = await lookup(
      'addressBook: true\ncolumns: [title, email]\nfields: { description: team, highlight: false }',
    );
    expect(plan.addressBook).toEqual({ highlighted: undefined });
    expect(plan.fields?.slice(5).map(({ element, content }) => [element, content])).toEqual([
      ['title', expect.objectContaining({ from: ['title'] })],
      ['description', expect.objectContaining({ from: ['team'] })],
      ['highlight', { kind: 'hidden' }],
    ]);
    expect((await lookup('addressBook: true')).fields).toBeUndefined();
  });

  test('can say what highlighted contacts are found by; an element means the field behind it', async () => {
    const { addressBook } = await lookup(
      'addressBook: { highlighted: { vip: yes, level: 3, open: true, title: Boss } }\nfields: { title: job }',
    );
    expect(addressBook?.highlighted).toEqual([
      { field: 'vip', match: 'exact', value: 'yes' },
      { field: 'level', match: 'exact', value: '3' },
      { field: 'open', match: 'exact', value: 'true' },
      { field: 'job', match: 'exact', value: 'Boss' },
    ]);
  });

  test.each([
    ['addressBook: yes', 'must be true, false, or a map with highlighted, not "yes"'],
    ['addressBook: { highlighted: {} }', 'is empty; write { vip: yes }'],
    ['addressBook: { highlighted: vip }', 'must be a map of fields and their values'],
    ['addressBook: { highlight: { vip: 1 } }', 'did you mean "highlighted"?'],
    [
      'addressBook: true\nfields: { email: false }',
      'fields.email: an address book shows nobody without an email; write the name of its field',
    ],
    [
      'addressBook: true\nfields: { highlight: { html: "<b>{{vip}}</b>" } }',
      'fields.highlight: is yes or no, and cannot be html; write the name of its field',
    ],
    ['addressBook: true\nfields: { highlight: { link: "https://{{a}}" } }', 'cannot be link'],
    ['addressBook: true\nfields: { a: b }\ncolumns: [titel]', 'did you mean "title"?'],
  ])('refuses %j', async (settings, words) => {
    expect(await mistakesOf(configuration(settings))).toContain(words);
  });

  test('what an address book cannot have, another lookup can', async () => {
    expect(elements(await lookup('fields: { email: false, highlight: { html: "<b>{{vip}}</b>" } }'))).toContain(
      'highlight',
    );
    // Said by the schema of fields, and by nothing else.
    expect(await mistakesOf(configuration('addressBook: true\ncolumns: [email]\nfields:'))).toContain('fields');
  });
});
