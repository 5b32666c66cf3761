/** What an option's texts become before they are escaped: one line that XML can carry. */
import type { AjaxOption } from './ajax-answer.ts';
import { withoutMarkup } from './insertable.ts';
import { legalText } from './xml-text.ts';

/** A field and a line of a list are one line each: line breaks and tabs become one space. */
const BREAKS = /[\t\n\r]+/g;

/**
 * The value as it goes into the request's field. Nothing is encoded, since HelpSpot copies it literally; what a browser
 * would read as markup goes, as it does from the insertable elements of a Live Lookup.
 */
export function optionValue(text: string): string {
  return oneLine(withoutMarkup(text));
}

/** The description as staff read it. HelpSpot escapes it, so markup in it is text and stays. */
export function optionDescription(text: string): string {
  return oneLine(legalText(text));
}

/** The option as staff see it: the value takes the place of a description that is missing. */
export function shownOption(option: AjaxOption): AjaxOption {
  const value = optionValue(option.value);
  const description = optionDescription(option.description);
  return { value, description: description === '' ? value : description };
}

function oneLine(text: string): string {
  return text.replace(BREAKS, ' ').trim();
}
