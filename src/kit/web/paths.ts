/** Where something stands in an answer: what paths into JSON and into XML have in common. */
import { UserError } from '../../contract/index.ts';

/** What answers are written in. */
export type Format = 'json' | 'xml';

/** A whole answer, or a part of one: plain data of JSON, or an element of XML. */
export type Part = unknown;

/** Finds things in answers of one format. */
export interface Paths {
  /**
   * The text of an answer, read.
   * @throws {SyntaxError | XmlMistake} when it is not in this format
   * @throws {SourceError} `bad-response` when it is nested too deep
   */
  read(text: string): Part;
  /** What is wrong with a path; undefined for nothing. */
  mistake(path: string): string | undefined;
  /** Every part at the path, in order. `[]` for none. */
  all(path: string, within: Part): readonly Part[];
  /**
   * The one value at the path: a scalar, or a list where the path leads through one or meets several. Undefined
   * for none. Objects and elements with children are given as they are.
   */
  one(path: string, within: Part): unknown;
  /** The parts of a list: the items of an array, the part itself when it is none. */
  items(part: Part): readonly Part[];
  /** A part as a text for people; undefined for nothing. */
  text(part: Part): string | undefined;
  /** The values directly below a part: name → value. */
  own(part: Part): Readonly<Record<string, unknown>>;
  /** Whether a path can meet only one place, which the answer should then have. */
  isDefinite(path: string): boolean;
}

/**
 * Of JSON the settings have been read; of XML only when a source opens, with the library that reads it.
 * @param written the paths of the settings
 * @param name of the source
 * @throws {UserError} for a path that cannot be read
 */
export function refuseMistakes(paths: Paths, written: readonly (string | undefined)[], name: string): void {
  for (const path of written) {
    const mistake = path === undefined ? undefined : paths.mistake(path);
    if (mistake !== undefined) throw new UserError(`The source ${name} has a path that ${mistake}: ${path}`);
  }
}

/** The texts of all that stands at a path, and in the lists there, without empty ones. */
export function textsAt(paths: Paths, path: string, document: Part): readonly string[] {
  const parts = paths.all(path, document).flatMap((part) => paths.items(part));
  return parts.map((part) => paths.text(part) ?? '').filter((text) => text !== '');
}
