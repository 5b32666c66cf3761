/** `name:` What the gateway shows in place of an id. */

/** A field whose values another source has names for. */
export interface NamingPlan {
  /** The field of the records: `xCategory`. */
  readonly field: string;
  readonly source: string;
  /** The field of that source which equals the value. */
  readonly by: string;
  /** Its field that is shown instead. */
  readonly as: string;
}
