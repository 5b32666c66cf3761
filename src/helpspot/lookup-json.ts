/** A lookup as JSON, for other programs: values as data, and where each comes from. */
import type { Content, Customer, LookupAnswer, Mark } from './answer.ts';
import { safeHref } from './html.ts';
import { insertableText } from './insertable.ts';
import type { ContentReader } from './lookup-elements.ts';
import { hasHtml, htmlReader, WITHOUT_HTML } from './lookup-xml.ts';
import type { Table } from './tables.ts';
import { isInsertable } from './xml-name.ts';

/**
 * A value: a text; `{ href, text }`; `{ html }`, sanitised; a list; the rows of a table by their headings, with what is said
 * of those that are not there; or one that stands out.
 */
export type JsonValue =
  | string
  | { readonly href: string; readonly text: string }
  | { readonly html: string }
  | readonly JsonValue[]
  | { readonly rows: readonly Readonly<Record<string, JsonValue>>[]; readonly more?: string | undefined }
  | { readonly value: JsonValue; readonly mark: Mark };

/** Who said a value, and when (ISO 8601). */
export interface JsonOrigin {
  readonly source: string;
  readonly title: string;
  readonly at: string;
}

/** The document, without the reference of the call. */
export interface LookupJson {
  readonly columns: readonly string[];
  /** Element → value. */
  readonly customers: readonly Readonly<Record<string, JsonValue>>[];
  /** For each customer: element → sources of its value, with the time at which they said so (ISO 8601). */
  readonly provenance: readonly Readonly<Record<string, readonly JsonOrigin[]>>[];
  readonly notices: readonly string[];
}

/** A value of {@link LookupFlat}: a text, or the rows of a table by their headings. */
type FlatValue = string | readonly Readonly<Record<string, string>>[];

/** The document for programs that take a value where they find it. */
export interface LookupFlat {
  readonly columns: readonly string[];
  /** Element → value. */
  readonly customers: readonly Readonly<Record<string, FlatValue>>[];
  readonly notices: readonly string[];
}

/**
 * The answer as flat JSON, whatever the lookup makes of its elements: a link is its address, a list its items with commas, HTML
 * its text, and nothing stands out. What a table has no room for is a notice.
 */
export async function lookupFlat({ columns, customers, notices }: LookupAnswer): Promise<LookupFlat> {
  const reader = hasHtml({ columns, customers, notices }) ? await htmlReader() : WITHOUT_HTML;
  const more: string[] = [];
  const flat = customers.map((customer) =>
    customer.flatMap(({ name, content }): readonly (readonly [string, FlatValue])[] => {
      const plain = unmarked(content);
      if (plain.kind === 'table' && plain.more !== '') more.push(`${name}: ${plain.more}`);
      const value = plain.kind === 'table' && !isInsertable(name) ? rowsOf(plain, reader) : textOf(name, plain, reader);
      return value.length === 0 ? [] : [[name, value]];
    }),
  );
  const filled = flat.filter((fields) => fields.length > 0).map(byName);
  return { columns, customers: filled, notices: [...notices, ...new Set(more)] };
}

function unmarked(content: Content): Exclude<Content, { readonly kind: 'marked' | 'noted' }> {
  return content.kind === 'marked' || content.kind === 'noted' ? unmarked(content.content) : content;
}

function rowsOf({ headings, rows }: Table, reader: ContentReader): readonly Readonly<Record<string, string>>[] {
  return rows.map((row) =>
    byName(headings.map((heading, at) => [heading, row[at] == null ? '' : flatText(row[at], reader)] as const)),
  );
}

function textOf(name: string, content: Content, reader: ContentReader): string {
  return isInsertable(name) ? insertableText(content, reader.htmlToText).trim() : flatText(content, reader);
}

function flatText(content: Content, reader: ContentReader): string {
  const plain = unmarked(content);
  switch (plain.kind) {
    case 'text':
      return plain.text.trim();
    case 'link':
      return unlinked(plain) ?? plain.href;
    case 'html':
      return reader.htmlToText(plain.html).trim();
    case 'list': {
      const items = plain.items.map((item) => flatText(item, reader));
      return items.filter((item) => item !== '').join(', ');
    }
    case 'table':
      return '';
  }
}

/** The text of what is not linked, as in XML: whoever shows it may not look at what it is. Undefined for a link. */
function unlinked({ href, text }: { readonly href: string; readonly text: string }): string | undefined {
  if (safeHref(href) !== undefined) return undefined;
  return text === '' ? href : text;
}

/** The answer as JSON; what HelpSpot inserts is the text that it would insert. */
export async function lookupJson({ columns, customers, notices }: LookupAnswer): Promise<LookupJson> {
  const reader = hasHtml({ columns, customers, notices }) ? await htmlReader() : WITHOUT_HTML;
  const shown = customers.map((customer) => customer.map((field) => ({ field, value: valueOfField(field, reader) })));
  const filled = shown
    .map((fields) => fields.filter(({ value }) => value !== ''))
    .filter((fields) => fields.length > 0);
  return {
    columns,
    // Of two fields with one name the first that has a value stays, as in HelpSpot's answer.
    customers: filled.map((fields) => byName(fields.map(({ field: { name }, value }) => [name, value]))),
    provenance: filled.map((fields) =>
      byName(
        fields.map(({ field: { name, from = [] } }) => [
          name,
          from.map(({ source, title, at }) => ({ source, title, at: new Date(at).toISOString() })),
        ]),
      ),
    ),
    notices,
  };
}

function byName<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  const first = new Map<string, T>();
  for (const [name, value] of entries) if (!first.has(name)) first.set(name, value);
  // Not an assignment: an element may be called `__proto__`.
  return Object.fromEntries(first);
}

function valueOfField({ name, content }: Customer[number], reader: ContentReader): JsonValue {
  if (isInsertable(name)) return insertableText(content, reader.htmlToText).trim();
  return jsonOf(content, reader);
}

function jsonOf(content: Content, reader: ContentReader): JsonValue {
  switch (content.kind) {
    case 'text':
      return content.text.trim();
    case 'link':
      return unlinked(content) ?? { href: content.href, text: content.text };
    case 'html':
      return { html: reader.sanitise(content.html) };
    case 'marked':
      return { value: jsonOf(content.content, reader), mark: content.as };
    case 'noted':
      return jsonOf(content.content, reader);
    case 'list':
      return content.items.map((item) => jsonOf(item, reader));
    case 'table': {
      const { headings, rows, more } = content;
      const cells = rows.map((row) =>
        byName(headings.flatMap((heading, at) => cellOf(heading, row[at] ?? null, reader))),
      );
      return more === '' ? { rows: cells } : { rows: cells, more };
    }
  }
}

function cellOf(
  heading: string,
  cell: Content | null,
  reader: ContentReader,
): readonly (readonly [string, JsonValue])[] {
  return cell === null ? [] : [[heading, jsonOf(cell, reader)]];
}
