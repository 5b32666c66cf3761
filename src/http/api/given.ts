/** What comes in, checked by its schema; and what is wrong with it in words. */
import * as z from 'zod';
import { unknownName } from '../../gateway/unknown-name.ts';
import { Refusal } from '../refusal.ts';

/** Of what is wrong, so much is told at once. */
const MOST_TOLD = 5;

/** @param where `in the body` @throws {Refusal} 422, in words that repeat no value */
export function readGiven<Schema extends z.ZodType>(schema: Schema, given: unknown, where: string): z.output<Schema> {
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const told = read.error.issues.slice(0, MOST_TOLD).map((issue) => wordsOf(issue, schema, where));
  throw new Refusal(422, told.join('; '));
}

function wordsOf(issue: z.core.$ZodIssue, schema: z.ZodType, where: string): string {
  if (issue.code === 'unrecognized_keys') {
    const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
    const what = where === 'parameter' ? 'parameter' : `key ${where}`;
    return unknownName(what, issue.keys[0] ?? '', known).words;
  }
  const place = issue.path.map(String).join('.');
  const what =
    where === 'parameter' ? `The parameter ${place}` : place === '' ? `What is ${where}` : `${place} ${where}`;
  return `${what} is not as it must be: ${issue.message}`;
}
