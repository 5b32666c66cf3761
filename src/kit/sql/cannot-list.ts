import { UserError } from '../../contract/index.ts';

/** The mistake of asking for a list where every query is there for a match step: none of them is meant to list records. */
export function cannotList(sourceName: string): UserError {
  return new UserError(
    `The source ${sourceName} has a query for each match step and cannot list its records; ` +
      'write one "query:" for all of them, or use a table, or ask only with criteria',
  );
}
