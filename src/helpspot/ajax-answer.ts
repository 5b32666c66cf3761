/** An answer to an AJAX selection field before it is written as XML (manual, chapter 3.2). */

/** One line of the drop-down list. */
export interface AjaxOption {
  /** What goes into the field. Empty: a line that is only read, such as a heading or a word to staff. */
  readonly value: string;
  /** What staff read; empty: the value. */
  readonly description: string;
}

/** The drop-down list, from top to bottom. */
export interface AjaxAnswer {
  readonly options: readonly AjaxOption[];
}

/**
 * What the HelpSpot in use can show: `latin1` for 5.x, which turns every other
 * character into `?` when it reads the answer.
 */
export type AjaxEncoding = 'utf-8' | 'latin1';

/** A line that staff read and cannot choose anything with: it would only empty the field. */
export function note(text: string): AjaxOption {
  return { value: '', description: text };
}
