/** `order:` The fields by which records are sorted. */
import * as z from 'zod';
import type { Order } from '../../contract/index.ts';
import { mistake } from './common.ts';

const field = () => z.string().min(1).max(200);

/** As SQL and web APIs write it. */
function orderMistake(text: string): string | undefined {
  const [, name = '', way = ''] = /^-?(\S+)(?:\s+(asc|desc)\w*)?$/i.exec(text.trim()) ?? [];
  if (text.startsWith('-') || /^desc/i.test(way)) return `is no field; write { ${name}: descending }`;
  return way === '' ? undefined : `is no field; write ${name}`;
}

const direction = z.enum(['ascending', 'descending']).meta({ examples: ['descending'] });
const orderEntry = z.union([
  field().superRefine(mistake(orderMistake)),
  z
    .record(field(), direction)
    .meta({ title: 'a map such as { name: descending }', examples: [{ name: 'descending' }] }),
]);

/** One field, a map of fields, or a list of these. `what` is sorted: "options". */
export const orderSetting = (what: string) =>
  z
    .union([
      orderEntry,
      z
        .array(orderEntry)
        .min(1)
        .meta({ title: 'a list of these', examples: [['name']] }),
    ])
    .meta({
      description: `The fields by which ${what} are sorted. Left out: the source's order.`,
      examples: ['name'],
    })
    .optional();

/** The fields in the order in which they are written. */
export function orderPlans(written: z.output<ReturnType<typeof orderSetting>>): readonly Order[] {
  if (written === undefined) return [];
  return (Array.isArray(written) ? written : [written]).flatMap((entry): Order[] => {
    if (typeof entry === 'string') return [{ field: entry, descending: false }];
    return Object.entries(entry).map(([name, way]) => ({ field: name, descending: way === 'descending' }));
  });
}
