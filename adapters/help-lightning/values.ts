/** Values of Help Lightning as a record holds them. */
import { formsReader, valueAt } from '../../src/kit/web/index.ts';
import { idAt, momentAt } from './answer.ts';

/** The fields of an object. `reference`: the ID of somebody. */
export const valuesOf = formsReader({
  reference: idAt,
  moment: momentAt,
  yes(data, name) {
    const value = valueAt(data, name);
    return typeof value === 'boolean' ? value : undefined;
  },
});
