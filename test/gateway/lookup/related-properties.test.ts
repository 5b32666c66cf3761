/** Whatever customers and records there are: each has what is his, all of it, and nobody has what is another one's. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meets, type SourceRecord, textOf } from '../../../src/contract/index.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import type { ContentPlan, FieldPlan, RelatedPlan } from '../../../src/gateway/lookup/plan.ts';
import type { Content } from '../../../src/helpspot/answer.ts';
import { recordedLog } from '../../support/log.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource, renamed, steps } from '../../support/plans.ts';
import { runs } from '../../support/runs.ts';

/** Few, so that they meet; some are the same to a lookup though they are written otherwise. */
const mail = fc.constantFrom('a@x.org', 'A@X.org', 'b@x.org', 'Bob <b@x.org>', 'c@x.org');
const city = fc.constantFrom('Bern', 'bern ', 'Basel');
const state = fc.constantFrom('open', 'closed');
const customer = fc.record(
  { email: fc.oneof(mail, fc.uniqueArray(mail, { minLength: 1, maxLength: 3 })), city },
  { requiredKeys: [] },
);
const record = fc.record(
  { mail, city, state, rank: fc.integer({ min: 0, max: 5 }) },
  { requiredKeys: ['mail', 'city'] },
);

const table: ContentPlan = {
  kind: 'table',
  related: 'things',
  columns: [
    {
      heading: 'key',
      content: { kind: 'field', from: ['key'], html: false, date: 'iso', list: 'comma' },
      visibleTo: undefined,
    },
  ],
};
const shown = (element: string, content: ContentPlan, more: Partial<FieldPlan> = {}): FieldPlan => {
  return { element, content, visibleTo: undefined, ...more };
};
const FIELDS = [
  renamed('customer_id', 'customer_id'),
  shown('things', table, { otherwise: 'none' }),
  shown('count', { kind: 'count', related: 'things' }),
  shown('exists', { kind: 'exists', related: 'things' }),
];

const textIn = (content: Content | undefined) => (content?.kind === 'text' ? content.text : undefined);

/** What must be there of a customer; undefined where a value is missing by which he is asked for. */
function expected(
  { email, city: place }: SourceRecord,
  records: readonly SourceRecord[],
  { except }: { readonly except: string },
): readonly string[] | undefined {
  const mails = [email ?? []].flat().map(textOf);
  if (mails.length === 0 || place === undefined) return undefined;
  return records
    .filter((one) => mails.some((value) => meets(one, { field: 'mail', match: 'exact', value })))
    .filter((one) => meets(one, { field: 'city', match: 'exact', value: textOf(place).trim() }))
    .filter((one) => except === '' || one['state'] !== except || textOf(one['city']).trim().toLowerCase() !== 'bern')
    .map((one) => textOf(one['key']));
}

test('records stand with the customers whose they are', async () => {
  const asked = fc.record({
    customers: fc.array(customer, { minLength: 1, maxLength: 6 }),
    records: fc.array(record, { maxLength: 40 }),
    limit: fc.integer({ min: 1, max: 12 }),
    except: fc.constantFrom('', 'open', 'closed'),
    ordered: fc.boolean(),
    sorts: fc.boolean(),
    groups: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(asked, async ({ customers, records, limit, except, ordered, sorts, groups }) => {
      const people = customers.map(
        (one, index): SourceRecord => ({ ...one, customer_id: String(index), last_name: 'Same' }),
      );
      const things = records.map((one, index): SourceRecord => ({ ...one, key: `K-${index}` }));
      const related: RelatedPlan = {
        ...{ name: 'things', source: 'erp', limit, optional: false, patienceMs: 2_000 },
        where: [
          { field: 'mail', value: '{{email}}' },
          { field: 'city', value: '{{city}}' },
        ],
        // All of it must be met.
        except: [
          { field: 'state', value: '{{xStatus}}' },
          { field: 'city', value: 'Bern' },
        ],
        order: ordered ? [{ field: 'rank', descending: true }] : [],
      };
      const erp = {
        ...memorySystem(things),
        ...(groups && { findsGroups: true as const }),
        ...(sorts && { findsInOrder: true as const }),
      };
      const plan = gatewayPlan([memorySource('crm', memorySystem(people)), memorySource('erp', erp)], {
        sources: ['crm'],
        match: steps('last_name'),
        related: [related],
        fields: FIELDS,
      });
      const gateway = createGateway(plan, { log: recordedLog() });
      try {
        const parameters = { last_name: 'Same', ...(except !== '' && { xStatus: except }) };
        const { answer } = await gateway.lookup({ lookup: 'default', parameters });
        expect(answer?.customers).toHaveLength(people.length);
        const isAlone = people.filter((one) => expected(one, [], { except }) !== undefined).length <= 1;
        for (const [index, found] of (answer?.customers ?? []).entries()) {
          const contents = new Map(found.map(({ name, content }) => [name, content]));
          const person = people[index] ?? {};
          expect(textIn(contents.get('customer_id'))).toBe(person['customer_id']);
          const all = groups || isAlone ? expected(person, things, { except }) : undefined;
          if (all === undefined) {
            // Not known to be nothing.
            expect([...contents.keys()]).toEqual(['customer_id']);
            continue;
          }
          expect(textIn(contents.get('count'))).toBe(String(all.length));
          expect(textIn(contents.get('exists'))).toBe(all.length > 0 ? 'yes' : 'no');
          const content = contents.get('things');
          if (all.length === 0) {
            expect(textIn(content)).toBe('none');
            continue;
          }
          if (content?.kind !== 'table') throw new Error('no table');
          const keys = content.rows.map(([cell]) => textIn(cell ?? undefined) ?? '');
          const hidden = all.length - keys.length;
          expect(keys).toHaveLength(Math.min(limit, all.length));
          expect(content.more).toBe(hidden > 0 ? `and ${hidden} more` : '');
          expect(all).toEqual(expect.arrayContaining(keys));
          expect(new Set(keys).size).toBe(keys.length);
          const rankOf = (key: string) => Number(things.find((one) => one['key'] === key)?.['rank'] ?? -1);
          // Those that are shown are the first of all.
          const best = all.map(rankOf).toSorted((one, other) => other - one);
          if (ordered) expect(keys.map(rankOf)).toEqual(best.slice(0, keys.length));
          // A source that takes one value at a time gives them value by value.
          else if (groups) expect(keys).toEqual(all.slice(0, keys.length));
        }
      } finally {
        await gateway.close();
      }
    }),
    runs(150),
  );
});
