/** Which cases of a suite are skipped, wholly or for some fields, and why: in every title, never in silence. */

/** Why a case is skipped; or, for each field that it leaves out, why: the rest of the case is tried. */
export type SkipReason = string | Readonly<Record<string, string>>;

/** Cases with the reasons. */
export type Skips<Name extends string> = Readonly<Partial<Record<Name, SkipReason>>>;

/** What is skipped of one case. */
export interface Skipped {
  /** Why all of it is. */
  readonly whole?: string;
  readonly fields: readonly string[];
  /** Stands behind the name of the case: ` (without company: it cannot be searched)`; or nothing. */
  readonly title: string;
}

/** @throws Error for a skip without a reason */
export function skipOf<Name extends string>(name: Name, skips: Skips<Name> | undefined): Skipped {
  const reason: SkipReason | undefined = skips?.[name];
  if (reason === undefined) return { fields: [], title: '' };
  const parts = typeof reason === 'string' ? [['', reason] as const] : Object.entries(reason);
  if (parts.length === 0 || parts.some(([, why]) => why.trim() === '')) {
    throw new Error(`the skip of "${name}" needs a reason: write ${JSON.stringify({ [name]: 'why it cannot hold' })}`);
  }
  if (typeof reason === 'string') return { whole: reason, fields: [], title: '' };
  const words = parts.map(([field, why]) => `${field}: ${why}`).join('; ');
  return { fields: parts.map(([field]) => field), title: ` (without ${words})` };
}
