/** Answers in XML that become plain data: at once when they are small, in a thread when they would hold the event loop. */
import { inThread, type ThreadTask } from '../threads/index.ts';
import { readInTime } from './reading-time.ts';
import type { HttpAnswer } from './types.ts';
import { parseXml, type XmlElement } from './xml.ts';
import { XmlMistake } from './xml-mistake.ts';

/** Characters of XML that are read at once, which takes some ten milliseconds. */
export const SMALL_XML = 8_000;

/** What was read of a text, or what is wrong with it. */
export type XmlReading<Output> = { readonly read: Output } | { readonly mistake: string };

/** A function that reads, with where a thread finds it. */
export interface XmlTask<Input, Output> extends ThreadTask<(input: Input) => XmlReading<Output>> {
  readonly run: (input: Input) => XmlReading<Output>;
}

/** For tasks: what `read` makes of the root element. @throws what `read` throws */
export function readingXml<Output>(text: string, read: (root: XmlElement) => Output): XmlReading<Output> {
  try {
    return { read: read(parseXml(text)) };
  } catch (error) {
    if (error instanceof XmlMistake) return { mistake: error.message };
    throw error;
  }
}

/**
 * What the task reads of an answer.
 * @param input of the task: plain data, with the text of the answer
 * @param signal ends the work, also in the middle of it
 * @throws {SourceError} `bad-response` when it is no well-formed XML, or not read in time; what the task throws; the reason of `signal`
 */
export async function readXml<Input extends { readonly text: string }, Output>(
  answer: HttpAnswer,
  task: XmlTask<Input, Output>,
  input: Input,
  signal: AbortSignal,
): Promise<Output> {
  const reading =
    input.text.length <= SMALL_XML
      ? task.run(input)
      : await readInTime(answer, signal, (limited) => inThread(task, input, limited));
  if ('read' in reading) return reading.read;
  throw answer.unreadable('XML', `: ${reading.mistake}`);
}
