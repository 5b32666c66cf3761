/** Systems that give their customers numbers of their own, for the suite, whose customers have a letter before the number. */
import type { ZodType } from 'zod';
import { type Adapter, type ListBatch, type SourceRecord, textOf } from '../../src/contract/index.ts';

/** Both ways between the ids of the suite and those of a system. */
export interface Numbers {
  /** Undefined for what is no customer of the suite. */
  toSystem(id: string): string | undefined;
  fromSystem(number: string): string;
}

/** An adapter whose records have the ids of the suite, and that is asked by them. */
export function numbered<Settings extends ZodType>(adapter: Adapter<Settings>, numbers: Numbers): Adapter<Settings> {
  const back = (record: SourceRecord): SourceRecord => {
    return { ...record, customer_id: numbers.fromSystem(textOf(record['customer_id'])) };
  };
  return {
    ...adapter,
    async open(settings, services) {
      const source = await adapter.open(settings, services);
      const { find, list, listsChanges } = source;
      if (find === undefined || list === undefined) throw new Error(`a source of ${adapter.name} finds and lists`);
      return {
        ...(listsChanges !== undefined && { listsChanges }),
        check: (context) => source.check(context),
        close: async () => await source.close?.(),
        async find(query, context) {
          const criteria = query.criteria.map((one) => {
            if (one.field !== 'customer_id') return one;
            return { ...one, value: numbers.toSystem(one.value.trim().toUpperCase()) ?? '0' };
          });
          return (await find.call(source, { ...query, criteria }, context)).map(back);
        },
        async *list(query, context): AsyncGenerator<ListBatch> {
          for await (const batch of list.call(source, query, context)) {
            yield { ...batch, records: batch.records.map(({ key, record }) => ({ key, record: back(record) })) };
          }
        },
      };
    },
  };
}
