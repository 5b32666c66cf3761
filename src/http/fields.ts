/** The fields of a form of the console, and the parameters of an address of the console or the API. */
import { mostFields } from './limits.ts';
import { Refusal } from './refusal.ts';

/**
 * Reads them. They are counted first: half a million of them, in an address of 1 MB, hold up everybody for a third of a second.
 * @param what `The form` or `The address`
 * @throws {Refusal} 400 for more than there are anywhere
 */
export function readFields(text: string, what: string): URLSearchParams {
  let fields = 1;
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) {
    fields += 1;
    if (fields > mostFields) throw new Refusal(400, `${what} has more than ${mostFields} fields; leave some out`);
  }
  return new URLSearchParams(text);
}
