/** Reads answers of Highrise into plain data, as a thread can give them. */
import { readingXml, type XmlElement, type XmlReading, type XmlTask } from '../../src/kit/http/index.ts';
import { packed } from '../../src/kit/web/index.ts';
import { type Named, type Note, namedOf, noteOf, type Person, personOf } from './person.ts';

/** What Highrise tells of. */
export interface Things {
  person: Person;
  note: Note;
  named: Named;
  /** Of which only its name matters. */
  element: { readonly name: string };
}

/** Which elements are read, and as what. */
export interface Wanted {
  readonly text: string;
  readonly kind: keyof Things;
  /** The names of a list and of its elements. Left out: the root is the one thing. */
  readonly list: readonly [list: string, item: string] | undefined;
}

/** The name of the root, and the things, see {@link packed}; none when the root is another than that of the list. */
export interface Read {
  readonly root: string;
  readonly things: readonly Uint8Array[];
}

const READERS = { person: personOf, note: noteOf, named: namedOf, element: ({ name }: XmlElement) => ({ name }) };

/** @throws {SourceError} `bad-response` for things without an id */
export function readThings({ text, kind, list }: Wanted): XmlReading<Read> {
  return readingXml(text, (root) => {
    const elements = list === undefined ? [root] : root.name === list[0] ? root.children(list[1]) : [];
    return { root: root.name, things: packed(elements.map((element) => READERS[kind](element))) };
  });
}

/** For {@link readXml}. */
export const THINGS: XmlTask<Wanted, Read> = {
  module: 'adapters/highrise/reading',
  name: 'readThings',
  run: readThings,
};
