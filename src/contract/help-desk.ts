/** What a help desk has that its requests name by number: for names in place of numbers, and for `check`. */

/** One entry of a list. */
export interface HelpDeskEntry {
  /** As requests have it: `12`. */
  readonly id: string;
  readonly name: string;
  /** What else a push may call it: the user name of a person. */
  readonly otherNames?: readonly string[];
  /** It is not in use any more; old requests have it. */
  readonly isOld?: true;
}

/** A category of requests. */
export interface HelpDeskCategory extends HelpDeskEntry {
  /** The names of those who can get its requests. */
  readonly persons: readonly string[];
}

/**
 * What a custom field takes: `date` and `moment` seconds since 1970, `checkbox` 1 or 0, `choice` one of its items, `levels`
 * the way to one of them.
 */
export type HelpDeskFieldType = 'text' | 'checkbox' | 'date' | 'moment' | 'integer' | 'decimal' | 'choice' | 'levels';

/** A custom field of requests. */
export interface HelpDeskField {
  /** As lookups and pushes call it: `Custom7`. */
  readonly field: string;
  /** As staff call it: `Contract until`. */
  readonly name: string;
  /** Undefined: it may take anything. */
  readonly type?: HelpDeskFieldType | undefined;
  /** What can be chosen; of `levels` each with its whole way, as it is stored: `Boston#-#8th`. */
  readonly items: readonly string[];
}

/** The lists; one that is missing cannot be read now. */
export interface HelpDeskLists {
  readonly categories?: readonly HelpDeskCategory[] | undefined;
  readonly statuses?: readonly HelpDeskEntry[] | undefined;
  readonly staff?: readonly HelpDeskEntry[] | undefined;
  readonly customFields?: readonly HelpDeskField[] | undefined;
}

/** The name of one of {@link HelpDeskLists}. */
export type HelpDeskList = keyof HelpDeskLists;
