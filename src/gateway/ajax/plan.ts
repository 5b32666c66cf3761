/** `ajax.NAME:` An AJAX selection field as the gateway uses it. */
import type { Kind, MatchKind, Order } from '../../contract/index.ts';
import type { AjaxEncoding, AjaxOption } from '../../helpspot/ajax-answer.ts';
import type { ContentPlan } from '../lookup/plan.ts';
import type { NamingPlan } from '../naming-plan.ts';

/** One AJAX selection field. */
export interface AjaxPlan {
  readonly name: string;
  /** The name of the source; undefined for a list that is only `before` and `after`. */
  readonly source: string | undefined;
  /** Who is asked first, so that what he knows fills in places of `where`; undefined: nobody. */
  readonly via?: ViaPlan | undefined;
  /** What every option's record must have. */
  readonly where: readonly WherePlan[];
  /** How the typed text is used; undefined: not at all. */
  readonly search: SearchPlan | undefined;
  /** What goes into the request's field. */
  readonly value: OptionValuePlan;
  /** A template over the record; undefined: the value. */
  readonly description: string | undefined;
  /** A template over the record: options with the same text stand under one heading. */
  readonly group: string | undefined;
  /** Fields whose values are shown as the names that another source has for them; a value keeps what is stored. */
  readonly names?: readonly NamingPlan[];
  /** Options that do not come from the source, before and behind those that do. */
  readonly before: readonly AjaxOption[];
  readonly after: readonly AjaxOption[];
  /** Empty: the order of the source. */
  readonly order: readonly Order[];
  /** At most so many options of the source in one answer. */
  readonly limit: number;
  readonly encoding: AjaxEncoding;
}

/** The first of two steps: records whose fields fill in the places `{{via.FIELD}}` of the field's own conditions. */
export interface ViaPlan {
  readonly source: string;
  /** Never empty, and without such places. */
  readonly where: readonly WherePlan[];
}

/** A field of the source, and what it must equal. */
export interface WherePlan {
  readonly field: string;
  /** A template over HelpSpot's parameters: `{{sUserId}}`, `{{Custom3.1}}`, and over the record of `via`; without a place it is a constant. */
  readonly value: string;
  /** How it is compared, where the configuration says: `active: true` is a yes. */
  readonly kind?: Kind;
  /** Left out when a parameter is empty; otherwise nothing is looked for without it. */
  readonly optional: boolean;
  /** What staff call the parameter: "Fill in City first". Undefined: made from its name. */
  readonly label: string | undefined;
}

/** The text that staff typed into the field is looked for in each of the fields; one of them is enough. */
export interface SearchPlan {
  readonly fields: readonly string[];
  readonly match: MatchKind;
  /** Characters that must be typed; 0: without any, the list is not narrowed. */
  readonly minimum: number;
}

/** How a value is made of a record. */
export type OptionValuePlan = Extract<ContentPlan, { readonly kind: 'template' | 'drillDown' }>;
