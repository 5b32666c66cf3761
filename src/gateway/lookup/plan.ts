/** `lookups.NAME:` A Live Lookup as the gateway uses it. */
import type { Criterion, MatchKind } from '../../contract/index.ts';
import type { UserType } from '../../helpspot/acting-person.ts';

/** One lookup. */
export interface LookupPlan {
  readonly name: string;
  /** Names of sources, in order of precedence. */
  readonly sources: readonly string[];
  /** Those of them that are waited for whatever `patienceMs` says. */
  readonly required: readonly string[];
  /** Once somebody was found, the other sources are waited for so long. Milliseconds. */
  readonly patienceMs: number;
  readonly match: readonly MatchStep[];
  /** Elements that HelpSpot shows as columns of a table. Empty: HelpSpot's own choice. */
  readonly columns: readonly string[];
  /** At most so many customers in one answer. */
  readonly limit: number;
  /** Records of several sources with the same value in this field become one customer. */
  readonly mergeBy: string | undefined;
  /** What is shown. Undefined: every field under its own name. */
  readonly fields: readonly FieldPlan[] | undefined;
  /** With `fields`: whether fields that it does not name are shown too, under their own names. */
  readonly otherFields: boolean;
  /** Contacts only, for HelpSpot's address book (manual, chapter 1.3). */
  readonly addressBook?: AddressBookPlan | undefined;
}

/** `lookups.NAME.addressBook:` */
export interface AddressBookPlan {
  /** What highlighted contacts are found by; undefined: they are looked for among all that the sources list. */
  readonly highlighted: readonly Criterion[] | undefined;
}

/** One entry of `match`: all its inputs must be given, and all must match. */
export type MatchStep = readonly (MatchInput | WordsInput)[];

/** What was typed into one box or several: each word of it must be in one of the fields, in any order. */
export interface WordsInput {
  /** The HelpSpot parameters whose words are looked for. */
  readonly parameters: readonly string[];
  /** The fields of the source. */
  readonly words: readonly string[];
}

/** One input of a match step. */
export interface MatchInput {
  /** The HelpSpot parameter that holds the value: `email`, `Custom5`. */
  readonly parameter: string;
  /** The field of the source that is searched. */
  readonly field: string;
  readonly match: MatchKind;
}

/** One element of the answer and where it comes from. */
export interface FieldPlan {
  /** The element, as HelpSpot spells it: `first_name`, `Custom5`, `admin_link`. */
  readonly element: string;
  readonly content: ContentPlan;
  /** Who sees it; undefined: everybody. */
  readonly visibleTo: readonly UserType[] | undefined;
}

/**
 * How an element's value is made. Templates are texts with `{{field}}`; an
 * element whose templates use no known field is left out.
 */
export type ContentPlan =
  /** The value of a field. `html`: the field holds HTML, which is sanitised; `date` and `list` say how dates and lists are written. */
  | {
      readonly kind: 'field';
      readonly from: string;
      readonly html: boolean;
      readonly date: DateStyle;
      readonly list: ListStyle;
    }
  /** A template whose result is text. A constant is a template without fields. */
  | { readonly kind: 'template'; readonly template: string }
  /** A template whose result is HTML: the values are escaped, the result is sanitised. */
  | { readonly kind: 'html'; readonly template: string }
  /** A link; the values are percent-encoded in `href`. */
  | { readonly kind: 'link'; readonly href: string; readonly text: string }
  /** A drill-down value: the levels' texts joined as HelpSpot asks. */
  | { readonly kind: 'drillDown'; readonly levels: readonly string[] }
  /** 1 or 0, as a HelpSpot checkbox takes it. */
  | { readonly kind: 'checkbox'; readonly from: string }
  /** Not shown at all, though it would be shown by default. */
  | { readonly kind: 'hidden' };

/** `iso`: 2026-11-21T09:30:00Z; `date`: 2026-11-21; `unix`: seconds, as HelpSpot's date fields take it. */
export type DateStyle = 'iso' | 'date' | 'unix';

/** `comma`: `a, b`; `lines`: one a line; `bullets`: an HTML list. */
export type ListStyle = 'comma' | 'lines' | 'bullets';
