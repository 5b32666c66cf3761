/** Templates: texts with `{{field}}` places, filled with the values of a record. */

const PLACE = /\{\{([^{}]*)\}\}/g;

/** The names of the places in a template, in order, with repetitions. */
export function placesOf(template: string): readonly string[] {
  return Array.from(template.matchAll(PLACE), (match) => (match[1] ?? '').trim());
}

/**
 * Fills a template. `fill` gives the text for a place; it is inserted as it
 * is, in one pass, so that a value that contains `{{…}}` stays data.
 * @param fill called with the name of the place and its offset in the template
 */
export function fillTemplate(template: string, fill: (name: string, offset: number) => string): string {
  return template.replace(PLACE, (_whole, name: string, offset: number) => fill(name.trim(), offset));
}
