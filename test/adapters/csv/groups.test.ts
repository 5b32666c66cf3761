/** Many values of one field are asked in one question, as related records of many customers are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Criterion,
  inOrder,
  isNumber,
  meets,
  type Order,
  type SourceRecord,
  textOf,
} from '../../../src/contract/index.ts';
import { runs } from '../../support/runs.ts';
import { openCsvTest } from './source.ts';

/** A column goes by size where the whole of it are numbers, not only what is found. */
function areNumbers(records: readonly SourceRecord[], order: readonly Order[]): readonly boolean[] {
  return order.map(({ field }) =>
    records.every((record) => textOf(record[field]) === '' || isNumber(textOf(record[field]))),
  );
}

const VALUES = {
  phone: ['+49 (0)30 123-45', '030 12345', '0171 2345678; 030 12345', '0171/2345678', '12345', '0'],
  email: ['Bob <b@example.com>; c@x.de', 'b@EXAMPLE.com', 'c@x.de', 'm@münchen.de', 'm@xn--mnchen-3ya.de'],
  code: ['C-1', 'c-1', 'C-10', '007', '7', '1.10', '1.1'],
  amount: ['12.5', '12.50', '7', '007', 'AT&T <Corp>', 'AT&T'],
  date: ['2026-12-31', '2026-12-31T00:00:00Z', '1798675200', '2026-12-30', 'soon'],
  remark: ['a, b', 'a', 'b', 'Müller', 'yes', ''],
} as const;
const fields = ['phone', 'email', 'code', 'amount', 'date', 'remark'] as const;
const textIn = (field: keyof typeof VALUES) => fc.constantFrom<string>(...VALUES[field]);
const row = fc.tuple(...fields.map(textIn));
const group = fc.constantFrom(...fields).chain((field) =>
  fc
    .record({
      match: fc.constantFrom('exact', 'exact', 'prefix', 'contains'),
      kind: fc.constantFrom(undefined, undefined, 'phone', 'email', 'code', 'number', 'date', 'text'),
      country: fc.constantFrom(undefined, 'DE'),
      values: fc.array(
        textIn(field).filter((value) => value !== ''),
        { minLength: 1, maxLength: 8 },
      ),
    })
    .map(({ values, ...one }): Criterion[] => values.map((value) => ({ field, ...one, value }))),
);
const query = fc.record({
  groups: fc.array(group, { minLength: 1, maxLength: 2 }),
  criteria: fc.array(
    group.map(([first]) => first).filter((first) => first !== undefined),
    { maxLength: 1 },
  ),
  order: fc.array(fc.record({ field: fc.constantFrom('id', 'code', 'remark'), descending: fc.boolean() }), {
    maxLength: 2,
  }),
  limit: fc.constantFrom(1, 3, 100),
});
const context = () => ({ signal: AbortSignal.timeout(20_000), reference: 'test' });

describe('a group of criteria', () => {
  it('finds in a file what comparing each record with each value finds, in order, up to the limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 30, size: 'max' }),
        fc.array(query),
        async (rows, asked) => {
          const lines = rows.map((cells, id) => `${[String(id), ...cells].map((cell) => `"${cell}"`).join(',')}\n`);
          const { source, findBy } = await openCsvTest(`id,${fields.join(',')}\n${lines.join('')}`);
          const records = await findBy([]);
          for (const { groups, criteria, order, limit } of asked) {
            const conditions = [...criteria.map((one) => [one]), ...groups];
            const wanted = records.filter((record) => conditions.every((any) => any.some((one) => meets(record, one))));
            const found = await source.find?.({ criteria, groups, order, limit, parameters: {} }, context());
            // What is found by a part of a value comes in the order of the values.
            const isInFilesOrder = conditions.some((any) => any.every(({ match }) => match === 'exact'));
            if (isInFilesOrder)
              expect(found).toEqual(inOrder(wanted, order, areNumbers(records, order)).slice(0, limit));
            else {
              expect(found).toHaveLength(Math.min(wanted.length, limit));
              for (const one of found ?? []) expect(wanted).toContainEqual(one);
            }
          }
          await source.close?.();
        },
      ),
      runs(60),
    );
  });

  it('that all of 10,000 records meet gives the first 501 in an order', async () => {
    const size = 10_000;
    const rank = (id: number) => (id * 7_919) % size;
    const rows = Array.from({ length: size }, (_, id) => `${id},C-${id % 50},${rank(id)}\n`).join('');
    const { source } = await openCsvTest(`id,code,rank\n${rows}`);
    const any = Array.from({ length: 50 }, (_, at): Criterion => ({ field: 'code', match: 'exact', value: `c-${at}` }));
    const of = async (order: readonly Order[]) =>
      (await source.find?.({ criteria: [], groups: [any], order, limit: 501, parameters: {} }, context())) ?? [];
    const last = (await of([{ field: 'rank', descending: true }])).map((record) => Number(record['rank']));
    expect(last).toEqual(Array.from({ length: 501 }, (_, at) => size - 1 - at));
    expect((await of([])).map(({ id }) => Number(id))).toEqual(Array.from({ length: 501 }, (_, at) => at));
  });
});

describe('long searches at once', () => {
  it('share the turns of the event loop', async () => {
    const { Pace } = await import('../../../adapters/csv/pace.ts');
    const log: string[] = [];
    const work = async (name: string) => {
      const pace = new Pace();
      for (let piece = 0; piece < 3; piece += 1) {
        await pace.rest();
        log.push(name);
      }
    };
    let isDone = false;
    const turn = () => {
      log.push('-');
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    await Promise.all(['a', 'b', 'c'].map(work));
    isDone = true;
    // Never two pieces in one turn, and each in its turn.
    expect(log.join('')).toMatch(/^-?(?:a-b-c-?){3}$/);
  });
});
