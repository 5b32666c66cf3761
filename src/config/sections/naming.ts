/** `name:` Ids that are shown as the names that another source has for them. */
import * as z from 'zod';
import type { NamingPlan } from '../../gateway/naming-plan.ts';
import { name } from './common.ts';

const field = () => z.string().min(1).max(200);

/** As written; {@link namingPlans} makes the plans of it. */
export const namingSetting = z
  .record(
    field(),
    z
      .union([
        name(),
        z.strictObject({
          source: name().meta({ description: 'The source that has the names.', examples: ['categories'] }),
          by: field()
            .meta({
              description: 'The field of that source which equals the id. Left out: it is called the same.',
              examples: ['id'],
            })
            .optional(),
          as: field()
            .meta({ description: 'The field of that source that is shown.', examples: ['title'] })
            .default('name'),
        }),
      ])
      .meta({ title: 'the name of a source, or a map with source', examples: ['categories'] }),
  )
  .meta({
    description: 'Fields that hold ids: the source that has names for them. Values keep the id.',
    examples: [{ xCategory: 'categories' }],
  })
  .prefault({});

/** The plans in the order in which they are written. */
export function namingPlans(written: z.output<typeof namingSetting>): readonly NamingPlan[] {
  return Object.entries(written).map(([of, naming]) => {
    if (typeof naming === 'string') return { field: of, source: naming, by: of, as: 'name' };
    return { field: of, source: naming.source, by: naming.by ?? of, as: naming.as };
  });
}
