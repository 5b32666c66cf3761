/** From the text of the file to a tree of plain values with their places; `${…}` expanded. */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { composeDocument } from './compose.ts';
import { LIMITS } from './defaults.ts';
import { type ExpansionSources, expand, isExpandable } from './expand.ts';
import { isSpoiltPath } from './paths.ts';
import { holdsSecret, looksSecret, PATH_KEYS } from './secrets.ts';
import { GLUED, type Located, type Path, type Plain, pathText, type YamlPlace } from './tree.ts';
import { yamlMistake } from './yaml-mistakes.ts';

/** A mistake at an offset of the text. */
export interface Mistake {
  readonly offset: number;
  readonly message: string;
}

/** What a file holds. Without a tree when it could not be read whole: then nothing in it can be trusted. */
export interface ParsedFile {
  readonly root: Located | undefined;
  readonly mistakes: readonly Mistake[];
  /** Line and column, both from 1, of an offset. */
  position(offset: number): { readonly line: number; readonly column: number };
}

/** Parses YAML and expands its texts. */
export function parseFile(text: string, sources: ExpansionSources): ParsedFile {
  const lines = new LineCounter();
  const position = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const document = composeDocument(text, lines);
  const syntax = syntaxMistakes(document, text, position);
  if (syntax.length > 0) return { root: undefined, mistakes: syntax, position };
  if (!isMap(document.contents)) {
    const example = 'lookups: { default: { sources: [customers] } }';
    const found = document.contents === null ? 'the file is empty' : 'the file is not a map';
    return {
      root: undefined,
      mistakes: [{ offset: 0, message: `${found}; write sections, as in ${example}` }],
      position,
    };
  }
  const reader = new Reader(document, sources);
  const root = reader.read(document.contents, [], 0);
  return { root: reader.isFull ? undefined : root, mistakes: reader.mistakes, position };
}

/** The first mistake of each line: one slip makes the parser stumble several times. */
function syntaxMistakes(document: Document, text: string, position: ParsedFile['position']): readonly Mistake[] {
  const lines = text.split('\n');
  const mistakes = new Map<number, Mistake>();
  for (const { code, pos } of [...document.errors, ...document.warnings]) {
    const { line } = position(pos[0]);
    if (!mistakes.has(line)) mistakes.set(line, { offset: pos[0], message: yamlMistake(code, lines[line - 1] ?? '') });
  }
  return [...mistakes.values()];
}

/** As word processors and web pages write quotes. */
const CURLY = /^[\u2018-\u201f\u00ab\u00bb]|[\u2018-\u201f\u00ab\u00bb]$/;

/** Walks the document once. Aliases are followed, so values are counted. */
class Reader {
  readonly mistakes: Mistake[] = [];
  readonly #document: Document;
  readonly #sources: ExpansionSources;
  #values = 0;
  #aliases = 0;
  /** The limits were reached: the tree is not whole. */
  isFull = false;

  constructor(document: Document, sources: ExpansionSources) {
    this.#document = document;
    this.#sources = sources;
  }

  /** @param offset where problems with this value are shown */
  read(node: unknown, path: Path, offset: number): Located {
    this.#values += 1;
    if (this.#values > LIMITS.values) return this.#stop(offset, `more than ${LIMITS.values} values`);
    if (path.length > LIMITS.depth) return this.#stop(offset, `more than ${LIMITS.depth} levels`);
    if (isAlias(node)) return this.#alias(node, path, offset);
    if (isMap(node)) return this.#map(node, path, offset);
    if (isSeq(node)) return this.#list(node, path, offset);
    return this.#scalar(node, path, offset);
  }

  #stop(offset: number, what: string): Located {
    if (!this.isFull) this.mistakes.push({ offset, message: `${what}; use fewer aliases (*name)` });
    this.isFull = true;
    return { value: null, place: { offset, broken: true } };
  }

  #alias(node: Alias, path: Path, offset: number): Located {
    this.#aliases += 1;
    if (this.#aliases > LIMITS.aliases) return this.#stop(offset, `more than ${LIMITS.aliases} aliases`);
    const target = node.resolve(this.#document);
    if (target !== undefined) return this.read(target, path, offset);
    this.#mistake(
      offset,
      path,
      'is read as an alias (*name) of nothing above; put a text that begins with * in quotes',
    );
    return { value: null, place: { offset, broken: true } };
  }

  #map(node: YAMLMap, path: Path, offset: number): Located {
    const value: Record<string, Plain> = {};
    const parts = new Map<string, YamlPlace>();
    for (const pair of node.items) {
      if (this.isFull) break;
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      const keyOffset = startOf(pair.key) ?? offset;
      const mistake = keyMistake(key);
      if (mistake !== undefined) {
        this.#mistake(keyOffset, path, mistake);
        continue;
      }
      const glued = pair.value === null || isEmpty(pair.value) ? gluedKey(pair.key) : undefined;
      if (glued !== undefined) {
        this.#mistake(keyOffset, [...path, glued], `write "${glued}: ", with a colon and a space behind it`);
        value[glued] = null;
        parts.set(glued, { offset: keyOffset, broken: true });
        continue;
      }
      if (pair.value === null && node.flow === true) {
        // The second half of a password with a comma, perhaps: it is not named.
        this.#mistake(
          keyOffset,
          path,
          'has a key without a value here; write KEY: VALUE, and a text with a comma in quotes',
        );
        continue;
      }
      const entry = this.read(pair.value, [...path, key], keyOffset);
      value[key] = entry.value;
      parts.set(key, entry.place);
    }
    return { value, place: { offset, parts } };
  }

  #list(node: YAMLSeq, path: Path, offset: number): Located {
    const value: Plain[] = [];
    const parts = new Map<string, YamlPlace>();
    for (const [index, item] of node.items.entries()) {
      if (this.isFull) break;
      const entry = this.read(item, [...path, index], startOf(item) ?? offset);
      value.push(entry.value);
      parts.set(String(index), entry.place);
    }
    return { value, place: { offset, parts } };
  }

  #scalar(node: unknown, path: Path, offset: number): Located {
    const value = isScalar(node) ? node.value : null;
    const source = isScalar(node) ? node.source : undefined;
    const quote = typeof value === 'string' && source === value ? CURLY.exec(value)?.[0] : undefined;
    if (quote !== undefined) {
      const code = quote.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
      this.#mistake(
        offset,
        path,
        `begins or ends with ${quote} (U+${code}), which is no quote of YAML; write " instead`,
      );
      return { value: null, place: { offset, broken: true } };
    }
    if (typeof value === 'string' && PATH_KEYS.has(String(path.at(-1))) && isSpoiltPath(value)) {
      const words = 'is a path with backslashes in double quotes, where \\t and \\n mean other characters';
      this.#mistake(offset, path, `${words}; use single quotes, or write / for each of them`);
      return { value: null, place: { offset, broken: true } };
    }
    if (typeof value === 'string' && isExpandable(value)) return this.#expanded(value, path, offset);
    const plain = typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string' ? value : null;
    return { value: plain, place: { offset, source } };
  }

  #expanded(text: string, path: Path, offset: number): Located {
    const key = path.findLast((part) => typeof part === 'string');
    const isSecret =
      path.length > 1 && key !== undefined && [looksSecret, holdsSecret].some((test) => test(String(key)));
    const { text: value, references, values, mistakes } = expand(text, this.#sources, isSecret);
    for (const mistake of mistakes) this.#mistake(offset, path, mistake);
    return { value, place: { offset, references, values, broken: mistakes.length > 0 } };
  }

  #mistake(offset: number, path: Path, message: string): void {
    this.mistakes.push({ offset, message: path.length === 0 ? message : `${pathText(path)}: ${message}` });
  }
}

/** Nothing is written: not even `null`, which is a value. */
function isEmpty(node: unknown): boolean {
  return isScalar(node) && node.value === null && (node.source ?? '') === '';
}

/**
 * The key of `{ password:hunter2 }` or `{ password=hunter2 }`, which YAML reads as a key without a value. What stands behind
 * it may be a secret, and is in no message.
 */
function gluedKey(node: unknown): string | undefined {
  if (!isScalar(node) || node.type !== 'PLAIN') return undefined;
  return GLUED.exec(String(node.value))?.[1];
}

function keyMistake(key: string): string | undefined {
  if (key === '__proto__') return 'the key "__proto__" is not possible; choose another name';
  if (key === '<<') return 'merging with << is not supported; write the keys themselves';
  if (isExpandable(key)) return `a key cannot hold \${…}; write the name itself`;
  return undefined;
}

function startOf(node: unknown): number | undefined {
  if (!isScalar(node) && !isMap(node) && !isSeq(node) && !isAlias(node)) return undefined;
  return node.range?.[0];
}
