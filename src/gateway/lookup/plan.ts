/** `lookups.NAME:` A Live Lookup as the gateway uses it. */
import type { Criterion, MatchKind, Order } from '../../contract/index.ts';
import type { UserType } from '../../helpspot/acting-person.ts';
import type { Mark } from '../../helpspot/answer.ts';
import type { TestPlan } from './conditions.ts';
import type { DateStyle } from './dates.ts';

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
  /** All steps are asked at once, and whoever one of them finds is shown; else one after the other until one finds somebody. */
  readonly unite: boolean;
  /** Elements that HelpSpot shows as columns of a table. Empty: HelpSpot's own choice. */
  readonly columns: readonly string[];
  /** At most so many customers in one answer. */
  readonly limit: number;
  /** Records of several sources with the same value in one of these fields become one customer. Empty: none do. */
  readonly mergeBy: readonly string[];
  /** What belongs to the customer, asked once he is found. */
  readonly related: readonly RelatedPlan[];
  /** What is shown. Undefined: every field under its own name. */
  readonly fields: readonly FieldPlan[] | undefined;
  /** With `fields`: whether fields that it does not name are shown too, under their own names. */
  readonly otherFields: boolean;
  /** Whether staff see in a tooltip where a value comes from, and how old it is. */
  readonly provenance: boolean;
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

/** `lookups.NAME.related.NAME:` Records of a source that belong to a customer. */
export interface RelatedPlan {
  readonly name: string;
  readonly source: string;
  /** All must match. */
  readonly where: readonly RelatedWhere[];
  /** Records that meet all of these are left out; empty: none are. */
  readonly except: readonly RelatedWhere[];
  /** Empty: the order of the source. */
  readonly order: readonly Order[];
  /** At most so many are shown of a customer. */
  readonly limit: number;
  /** Staff are not told when they are missing. */
  readonly optional: boolean;
  /** They are waited for so long. Milliseconds. */
  readonly patienceMs: number;
}

/** A field of the related source, and what it must equal. */
export interface RelatedWhere {
  readonly field: string;
  /**
   * A template over the customer (`{{customer_id}}`), over other related records (`{{chats.user_id}}`: each of them), and
   * over what HelpSpot sent that is not about the customer (`{{request}}`).
   */
  readonly value: string;
}

/** How a value is made, and when it is shown. */
export interface ValuePlan {
  readonly content: ContentPlan;
  /** Who sees it; undefined: everybody. */
  readonly visibleTo: readonly UserType[] | undefined;
  /** It is left out unless all of these hold. */
  readonly when?: readonly ConditionPlan[];
  /** What is shown where there is nothing; undefined: nothing. */
  readonly otherwise?: string | undefined;
  /** How it stands out: the first of which the test holds. */
  readonly marks?: readonly MarkPlan[];
}

/** One element of the answer and where it comes from. */
export interface FieldPlan extends ValuePlan {
  /** The element, as HelpSpot spells it: `first_name`, `Custom5`, `admin_link`. */
  readonly element: string;
}

/** A test of a field; the name of related records stands for how many there are. */
export interface ConditionPlan {
  readonly field: string;
  readonly test: TestPlan;
}

/** How a value stands out. */
export interface MarkPlan {
  /** The field that is tested; undefined: the value itself. */
  readonly field: string | undefined;
  readonly test: TestPlan;
  readonly as: Mark;
}

/** One column of a table of related records. */
export interface ColumnPlan extends ValuePlan {
  readonly heading: string;
}

/**
 * How an element's value is made. Templates are texts with `{{field}}`; an
 * element whose templates use no known field is left out.
 */
export type ContentPlan =
  /** The first of the fields that has a value. `html`: it holds HTML, which is sanitised; `date` and `list` say how dates and lists are written. */
  | {
      readonly kind: 'field';
      readonly from: readonly string[];
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
  /** Related records as a table, a row for each. */
  | { readonly kind: 'table'; readonly related: string; readonly columns: readonly ColumnPlan[] }
  /** A value of each related record, one a line. */
  | { readonly kind: 'lines'; readonly related: string; readonly value: ValuePlan }
  /** A value of the first related record. */
  | { readonly kind: 'first'; readonly related: string; readonly value: ValuePlan }
  /** How many related records there are. */
  | { readonly kind: 'count'; readonly related: string }
  /** Whether there are any. */
  | { readonly kind: 'exists'; readonly related: string }
  /** Not shown at all, though it would be shown by default. */
  | { readonly kind: 'hidden' };

/** `comma`: `a, b`; `lines`: one a line; `bullets`: an HTML list. */
export type ListStyle = 'comma' | 'lines' | 'bullets';
