/** Writes answers to AJAX selection fields (manual, chapter 3.2). The only place that does. */
import { type AjaxAnswer, type AjaxEncoding, type AjaxOption, note } from './ajax-answer.ts';
import { shownOption } from './ajax-option.ts';
import { ajaxfieldXml } from './xml-writer.ts';

/**
 * The XML of an answer, well-formed whatever it holds; an option of which nothing is left is left out. The document is
 * UTF-8 in both encodings: `latin1` only limits the characters in it.
 */
export async function writeAjax(answer: AjaxAnswer, encoding: AjaxEncoding = 'utf-8'): Promise<string> {
  return ajaxfieldXml(await shownOptions(answer, encoding));
}

/** The options of an answer as HelpSpot reads them from {@link writeAjax}. */
export async function shownOptions(answer: AjaxAnswer, encoding: AjaxEncoding): Promise<readonly AjaxOption[]> {
  const shown = answer.options.map(shownOption).filter(({ description }) => description !== '');
  return encoding === 'latin1' ? await inLatin1(shown) : shown;
}

/** The XML of a call that failed: one option with an empty value, in which staff read `message` in place of a list. */
export function writeAjaxError(message: string): string {
  const { value, description } = shownOption(note(message));
  return ajaxfieldXml([{ value, description: description === '' ? 'This list cannot be shown' : description }]);
}

/** Everything above Latin-1. */
const BEYOND = /[^\0-\xff]/;

async function inLatin1(options: readonly AjaxOption[]): Promise<readonly AjaxOption[]> {
  if (!options.some(({ value, description }) => BEYOND.test(value) || BEYOND.test(description))) return options;
  // The table of all characters is large, and most lists need none of it.
  const { latin1Text } = await import('./latin1.ts');
  // Once more as an option: what a letter becomes could complete a tag.
  const written = options.map(({ value, description }) =>
    shownOption({ value: latin1Text(value), description: latin1Text(description) }),
  );
  return withoutRepetitions(written);
}

/** Of several options with one value, which the field could not tell apart, the first stays; lines without a value are only read. */
function withoutRepetitions(options: readonly AjaxOption[]): readonly AjaxOption[] {
  const seen = new Set<string>();
  return options.filter(({ value }) => {
    if (value === '') return true;
    const isNew = !seen.has(value);
    seen.add(value);
    return isNew;
  });
}
