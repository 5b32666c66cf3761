/** Texts with `{{places}}`, and names of fields. */
import * as z from 'zod';
import { placesOf } from '../../contract/index.ts';
import { mistake } from './common.ts';

/** A text with `{{places}}`. */
export const fieldTemplate = () => z.string().min(1).max(10_000).superRefine(mistake(templateMistake));
/** The name of a field of the sources. */
export const fieldName = () => z.string().min(1).max(200).superRefine(mistake(fieldMistake));

function templateMistake(text: string): string | undefined {
  if (/^\s*\{[A-Za-z]\w*\}\s*$/.test(text)) return 'has a place in single braces; write {{field}}';
  if (placesOf(text).includes('')) return 'has a place without a name; write {{field}}';
  // What is left without the places must have no brace pairs: an unclosed place would be shown as it is.
  const rest = text.replace(/\{\{[^{}]*\}\}/g, '');
  if (rest.includes('{{')) return 'has "{{" without "}}"; write {{field}}';
  return rest.includes('}}') ? 'has "}}" without "{{"; write {{field}}' : undefined;
}

/** The name of a field stands without braces; what has some is a template. */
function fieldMistake(text: string): string | undefined {
  return placesOf(text).length > 0 ? 'is a template, not the name of a field; write { value: "{{…}}" }' : undefined;
}

/** What is wrong with the template of an address. */
export function linkMistake(text: string): string | undefined {
  if (/^(?:https?:\/\/|mailto:|\{\{)/i.test(text)) return undefined;
  return 'must be an address that begins with https://, http:// or mailto:, or with {{field}}';
}
