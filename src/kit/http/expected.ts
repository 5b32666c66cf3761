/** Answers that should be as their documentation says. */
import type { ZodType } from 'zod';
import { SourceError } from '../../contract/index.ts';
import type { HttpAnswer } from './types.ts';
import type { XmlElement } from './xml.ts';
import { SMALL_XML } from './xml-reading.ts';

/** Characters. What is longer is no message, and reading it would hold up others. */
const LONGEST_MESSAGE = 100_000;

/** Reads answers of one kind. @throws {SourceError} `bad-response` for what is no JSON, or is not as documented */
export type Reader<T> = (answer: HttpAnswer) => T;

/** @param remedy what an administrator looks at when the answers of the system are not as documented */
export function readerFor(system: string, remedy: string): <T>(schema: ZodType<T>, what: string) => Reader<T> {
  return (schema, what) => (answer) => {
    const read = schema.safeParse(answer.json());
    if (read.success) return read.data;
    const where = read.error.issues[0]?.path.join('.') || 'all of it';
    throw new SourceError('bad-response', `${system} did not give ${what} as documented (${where})`, { remedy });
  };
}

/** For error answers, which a proxy may have given: the JSON; undefined for what is none, or too long for a message. */
export function jsonOrNothing(answer: HttpAnswer): unknown {
  return answer.text.length > LONGEST_MESSAGE ? undefined : orNothing(() => answer.json());
}

/** The same for XML: the root element. */
export function xmlOrNothing(answer: HttpAnswer): XmlElement | undefined {
  return answer.text.length > SMALL_XML ? undefined : orNothing(() => answer.xml());
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SourceError) return undefined;
    throw error;
  }
}
