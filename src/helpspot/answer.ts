/**
 * An answer to HelpSpot before it is written as XML. The gateway says what each element means; how that is made safe
 * for HelpSpot's page and for its Insert button is decided by the writers in this folder, and nowhere else.
 */

/** The meaning of one element's content. */
export type Content =
  /** Text that must be read as text, whatever characters it holds. */
  | { readonly kind: 'text'; readonly text: string }
  /** A link to another system. */
  | { readonly kind: 'link'; readonly href: string; readonly text: string }
  /** HTML that the administrator asked for; it is sanitised before it is written. */
  | { readonly kind: 'html'; readonly html: string }
  /** Something that stands out: an expired contract, a blocked customer (manual, chapter 1.2, "Returning HTML"). */
  | { readonly kind: 'marked'; readonly content: Content; readonly as: Mark }
  /** With a word about it for whoever points at it: where it comes from, how old it is. */
  | { readonly kind: 'noted'; readonly content: Content; readonly note: string }
  /**
   * Records that belong to the customer. Each row has a cell for each heading; null, which JSON has too: there is nothing.
   * `more` says what is not shown: "and 27 more"; empty: nothing is missing.
   */
  | {
      readonly kind: 'table';
      readonly headings: readonly string[];
      readonly rows: readonly (readonly (Content | null)[])[];
      readonly more: string;
    }
  /** Several values: joined with commas, one a line, or as an HTML list. An insertable element takes commas. */
  | { readonly kind: 'list'; readonly items: readonly Content[]; readonly style: 'comma' | 'lines' | 'bullets' };

/** How something stands out: `danger` in red, `warning` in dark orange, `success` in green, `muted` in grey. */
export type Mark = 'danger' | 'warning' | 'success' | 'muted';

/** One child element of `<customer>`. */
export interface Field {
  /** The element's name as wanted; a name that is no XML name is mended by the writer. */
  readonly name: string;
  readonly content: Content;
  /** Where it comes from; only where that was asked for. */
  readonly from?: readonly Origin[];
}

/** Where a value comes from. */
export interface Origin {
  /** The name of the source in the configuration. */
  readonly source: string;
  /** What staff call the system. */
  readonly title: string;
  /** When it said so, as `Date.now()` has it. */
  readonly at: number;
}

/** One `<customer>`. */
export type Customer = readonly Field[];

/** A Live Lookup answer (manual, chapter 1.2). */
export interface LookupAnswer {
  /** Elements to show as columns when there are several customers. Empty: HelpSpot's own choice. */
  readonly columns: readonly string[];
  readonly customers: readonly Customer[];
  /** Things that staff must know about an answer that is otherwise good: "the first 50 of more", "Active Directory did not answer". */
  readonly notices: readonly string[];
}
