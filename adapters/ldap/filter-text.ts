/**
 * Reads an administrator's filter (RFC 4515). Unlike the parser of the library
 * it takes the white space of a filter that is written over several lines, OIDs
 * and attribute options, and reads `\c3\a9` as the letter that these bytes are.
 */
import { isUtf8 } from 'node:buffer';
import { UserError } from '../../src/contract/index.ts';
import type { FilterNode, FilterValue } from './filter.ts';

// An attribute description (RFC 4512, 2.5): a name or an OID, with options.
const ATTRIBUTE = /^(?:[a-z][\w-]*|\d+(?:\.\d+)+)(?:;[\w-]+)*$/i;
const EXTENSIBLE = /^([^:]*?)(:dn)?(?::([^:]+))?:$/i;
const DEEPEST = 50;

/** Whether a text can be the name of an attribute. */
export function isAttributeName(text: string): boolean {
  return ATTRIBUTE.test(text);
}

/** The filter that a text says. @throws {UserError} with what is wrong, and where */
export function parseFilter(text: string): FilterNode {
  const trimmed = text.trim();
  return new FilterReader(trimmed.startsWith('(') ? trimmed : `(${trimmed})`).whole();
}

class FilterReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): FilterNode {
    const filter = this.#filter(1);
    this.#space();
    if (this.#at < this.#text.length) throw this.#wrong('has something after its last bracket');
    return filter;
  }

  #filter(depth: number): FilterNode {
    if (depth > DEEPEST) throw this.#wrong(`has more than ${DEEPEST} brackets in each other`);
    this.#expect('(');
    this.#space();
    const sign = this.#text[this.#at];
    let filter: FilterNode;
    if (sign === '&' || sign === '|') {
      this.#at += 1;
      filter = { kind: sign === '&' ? 'and' : 'or', parts: this.#filters(depth) };
    } else if (sign === '!') {
      this.#at += 1;
      filter = { kind: 'not', part: this.#filter(depth + 1) };
    } else {
      filter = this.#item();
    }
    this.#expect(')');
    return filter;
  }

  #filters(depth: number): readonly FilterNode[] {
    const parts: FilterNode[] = [];
    for (this.#space(); this.#text[this.#at] === '('; this.#space()) parts.push(this.#filter(depth + 1));
    if (parts.length === 0) throw this.#wrong('has a sign without a condition after it');
    return parts;
  }

  #item(): FilterNode {
    const rest = this.#text.slice(this.#at);
    const length = rest.search(/[()]/);
    if (length < 0) throw this.#wrong('lacks a closing bracket');
    const item = rest.slice(0, length);
    const sign = item.indexOf('=');
    if (sign < 0) throw this.#wrong('has a condition without "="');
    const [, name = '', compared = ''] = /^(.*?)([<>~]?)$/s.exec(item.slice(0, sign).trim()) ?? [];
    const filter = this.#condition(name.trim(), compared, item.slice(sign + 1));
    this.#at += length;
    return filter;
  }

  #condition(name: string, compared: string, written: string): FilterNode {
    if (compared === '' && name.endsWith(':')) return this.#extensible(name, written);
    const attribute = this.#attribute(name);
    if (compared === '' && written.trim() === '*') return { kind: 'present', attribute };
    if (compared === '' && written.includes('*')) {
      const parts = written.split('*').map((part) => this.#string(part));
      return {
        kind: 'substring',
        attribute,
        initial: parts[0] ?? '',
        any: parts.slice(1, -1).filter((part) => part !== ''),
        final: parts.at(-1) ?? '',
      };
    }
    const kind =
      compared === '>' ? 'atLeast' : compared === '<' ? 'atMost' : compared === '~' ? 'approximate' : 'equal';
    return { kind, attribute, value: this.#value(written) };
  }

  #extensible(name: string, written: string): FilterNode {
    const [matched, attribute = '', inDn, rule = ''] = EXTENSIBLE.exec(name) ?? [];
    if (matched === undefined || (attribute === '' && rule === ''))
      throw this.#wrong(`has "${name}=", which is no rule`);
    if (attribute !== '') this.#attribute(attribute);
    return { kind: 'extensible', attribute, rule, inDn: inDn !== undefined, value: this.#string(written) };
  }

  #attribute(name: string): string {
    if (!isAttributeName(name)) throw this.#wrong(`has "${name}", which is no name of an attribute`);
    return name;
  }

  #string(written: string): string {
    const value = this.#value(written);
    if (typeof value === 'string') return value;
    throw this.#wrong('has bytes that are no text in a place where only text can be');
  }

  #value(written: string): FilterValue {
    if (!written.includes('\\')) return written;
    const parts = written.split(/(\\[0-9a-f]{2})/i).map((part, index) => {
      if (index % 2 === 1) return Buffer.from(part.slice(1), 'hex');
      if (part.includes('\\')) throw this.#wrong('has a "\\" without two hexadecimal digits; write \\5c for itself');
      return Buffer.from(part);
    });
    const bytes = Buffer.concat(parts);
    return isUtf8(bytes) ? bytes.toString() : bytes;
  }

  #expect(bracket: '(' | ')'): void {
    this.#space();
    if (this.#text[this.#at] !== bracket) throw this.#wrong(`lacks a "${bracket}"`);
    this.#at += 1;
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #wrong(what: string): UserError {
    const before = this.#text.slice(Math.max(0, this.#at - 30), this.#at);
    const where = before === '' ? 'at its beginning' : `after "${before}"`;
    return new UserError(`the filter ${what}, ${where}; write for example (&(objectClass=person)(mail=*))`);
  }
}
