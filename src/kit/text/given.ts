/** What an answer gives, or nothing where it gives nothing. */

/** A moment; undefined when the text is none. */
export function dateIn(text: string | null | undefined): Date | undefined {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** A list; undefined when it is empty. */
export function someOf<Item>(items: readonly Item[]): readonly Item[] | undefined {
  return items.length === 0 ? undefined : items;
}

/** A text; undefined when it is blank. */
export function textIn(text: string | null | undefined): string | undefined {
  return text?.trim() ? text : undefined;
}
