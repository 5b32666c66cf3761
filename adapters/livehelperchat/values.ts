/** Values of Live Helper Chat as a record holds them. */
import { formsReader, textAt } from '../../src/kit/web/index.ts';
import { idAt, yesAt } from './answer.ts';

/** The fields of an object. `reference` 0 is nobody; `moment`: seconds since 1970, 0 for never. */
export const valuesOf = formsReader({
  yes: yesAt,
  reference: idAt,
  moment(data, name) {
    const text = textAt(data, name);
    return text === undefined || !/^[1-9]\d{0,10}$/.test(text) ? undefined : new Date(Number(text) * 1000);
  },
});
