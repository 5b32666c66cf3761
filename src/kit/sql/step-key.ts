/** The key under which `queries:` holds the query of a match step. */

/** The form in which keys are compared: `last_name, first_name` → `first_name,last_name`. */
export function stepKey(fields: string): string {
  return fieldsKey(fields.split(',').map((field) => field.trim()));
}

/** The same for the fields of a match step. */
export function fieldsKey(fields: readonly string[]): string {
  return [...new Set(fields)].sort().join(',');
}
