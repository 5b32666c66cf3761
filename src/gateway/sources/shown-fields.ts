/** The fields of a source as somebody may see them: with the form of their values, or with the values. */
import { DeadlineExceeded, redact } from '../../contract/index.ts';
import { shortLine } from '../../kit/text/index.ts';
import type { LookedField, SourceLook } from '../check/source-look.ts';
import type { Gateway } from '../gateway.ts';

/** Of an example, so much shows how such a value looks. */
const LONGEST_EXAMPLE = 60;

/**
 * Asks a source for them, within the deadline.
 * @param withExamples whether whoever asks may read values of customers; otherwise an example is their form: `Xxx Xxxxxx`
 * @returns undefined where they are not known: it rests, and its own probes ask it then, or it did not answer in time
 */
export async function shownFields(
  gateway: Gateway,
  name: string,
  { withExamples, signal }: { readonly withExamples: boolean; readonly signal: AbortSignal },
): Promise<SourceLook | undefined> {
  if (gateway.rests().get(name) !== undefined) return undefined;
  const look = await gateway.lookAt(name, true, signal).catch(unlessLate);
  if (look === undefined) return undefined;
  const shown = (field: LookedField): LookedField => {
    // Before it is cut: half a secret is no longer known as one.
    const example = shortLine(redact(field.example, gateway.plan.secrets), LONGEST_EXAMPLE);
    return { ...field, example: withExamples ? example : formOfValue(example) };
  };
  return { ...look, fields: look.fields.map(shown) };
}

/** The form of a value, without the value: letters become x, digits 9. */
function formOfValue(value: string): string {
  return value
    .replace(/\p{Lu}/gu, 'X')
    .replace(/(?!X)\p{L}/gu, 'x')
    .replace(/\p{N}/gu, '9');
}

function unlessLate(error: unknown): undefined {
  if (!(error instanceof DeadlineExceeded)) throw error;
}
