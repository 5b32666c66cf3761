import { describe, expect, it } from 'vitest';
import { actingPerson } from '../../src/helpspot/acting-person.ts';
import { ajaxParameters } from '../../src/helpspot/ajax-parameters.ts';
import { writeAjax } from '../../src/helpspot/ajax-xml.ts';
import type { Content, Field, LookupAnswer } from '../../src/helpspot/answer.ts';
import { parseArguments } from '../../src/helpspot/arguments.ts';
import { textOfBytes } from '../../src/helpspot/bytes.ts';
import { writeDetails } from '../../src/helpspot/details-html.ts';
import { displayHtml } from '../../src/helpspot/display.ts';
import { anchor, escapeHtml, safeHref, unescapeHtml } from '../../src/helpspot/html.ts';
import { insertableText, withoutMarkup } from '../../src/helpspot/insertable.ts';
import { latin1Text } from '../../src/helpspot/latin1.ts';
import { writeLookup } from '../../src/helpspot/lookup-xml.ts';
import { markdownInline, markdownLabel, markdownLines, markdownLink } from '../../src/helpspot/markdown-text.ts';
import { htmlAsMarkdown } from '../../src/helpspot/note-markdown.ts';
import { htmlAsText } from '../../src/helpspot/note-plain.ts';
import { parseForm, parseQuery, parseWholeForm } from '../../src/helpspot/parameters.ts';
import { decodeComponent } from '../../src/helpspot/percent.ts';
import { phpText, timeOf } from '../../src/helpspot/php-values.ts';
import { gatewayAddress, phpString } from '../../src/helpspot/push-file.ts';
import { pushValues } from '../../src/helpspot/push-values.ts';
import { noteOf, readHistory } from '../../src/helpspot/pushed-history.ts';
import { readPushedRequest } from '../../src/helpspot/pushed-json.ts';
import { roughText, shortened } from '../../src/helpspot/rough-text.ts';
import { HtmlReader, htmlToText, sanitise } from '../../src/helpspot/sanitise.ts';
import { insideOwnTables } from '../../src/helpspot/table-parts.ts';
import { readWebhook } from '../../src/helpspot/webhook-form.ts';
import { elementName, elementNames } from '../../src/helpspot/xml-name.ts';
import { escapeXmlAttribute, escapeXmlText, legalText } from '../../src/helpspot/xml-text.ts';
import { httpLimits } from '../../src/http/limits.ts';
import { growths, MARKUP, many, TEXTS } from '../support/growth.ts';

/** Every function of the folder that takes a text from outside. */
const OF_TEXT: Readonly<Record<string, (text: string) => unknown>> = {
  actingPerson: (text) =>
    actingPerson({ acting_person_fname: text, acting_person_lname: text, acting_person_email: text }),
  ajaxParameters: (text) => ajaxParameters({ [text]: text, callingField: text }),
  parseArguments: (text) => parseArguments([`--${text}`, text, `--email=${text}`], { customFields: [1] }),
  textOfBytes: (text) => textOfBytes(Buffer.from(text)),
  writeDetails: (text) =>
    writeDetails({
      title: text,
      link: text,
      rows: [{ label: text, value: [text, { href: text, text }] }],
      standing: text,
    }),
  displayHtml: (text) => displayHtml({ kind: 'text', text }, sanitise),
  'displayHtml of a table': (text) => displayHtml(tableOf(text), sanitise),
  'displayHtml of a note': (text) =>
    displayHtml({ kind: 'noted', note: text, content: { kind: 'link', href: 'tel:1', text } }, sanitise),
  'insertableText of a table': (text) => insertableText(tableOf(text), htmlToText),
  escapeHtml,
  unescapeHtml,
  safeHref,
  anchor: (text) => anchor(text, text),
  withoutMarkup,
  latin1Text,
  markdownInline,
  markdownLabel,
  markdownLines,
  markdownLink: (text) => markdownLink(`https://example.com/${text}`, text),
  parseQuery,
  parseForm: (text) => parseForm(Buffer.from(text)),
  decodeComponent,
  phpText,
  timeOf,
  gatewayAddress: (text) => gatewayAddress(`https://example.com/${text}`),
  phpString,
  noteOf: (text) => noteOf({ tNote: text, fNoteIsHTML: '1' }),
  'noteOf with a file': (text) => noteOf({ file: [{ sFilename: text, sFileMimeType: text, blob: text, url: text }] }),
  readPushedRequest,
  'readPushedRequest of one field': (text) => readPushedRequest(JSON.stringify({ xRequest: 1, tNote: text })),
  roughText,
  shortened,
  insideOwnTables,
  readWebhook: (text) => readWebhook({ [text]: text, [`request_history[1][${text}]`]: text, tNote: text }),
  elementName,
  legalText,
  escapeXmlText,
  escapeXmlAttribute,
  writeAjax: (text) => writeAjax({ options: [{ value: text, description: text }] }, 'latin1'),
  'pushValues of a plain note': (text) => valuesOf({ xRequest: 1, sTitle: text, tNote: text }),
  writeLookup: (text) =>
    writeLookup({ columns: [text], customers: [[{ name: text, content: { kind: 'text', text } }]], notices: [text] }),
};

/** Those that take HTML, and work hard for each character. */
const OF_HTML: Readonly<Record<string, (text: string) => unknown>> = {
  'displayHtml of HTML': (text) => displayHtml({ kind: 'html', html: text }, sanitise),
  'insertableText of HTML': (text) => insertableText({ kind: 'html', html: text }, htmlToText),
  htmlAsMarkdown,
  htmlAsText,
  sanitise,
  htmlToText,
  shownText: (text) => new HtmlReader().shownText(text),
  'shownText of a table': (text) => new HtmlReader().shownText(`<table><tr><td>${text}</td></tr></table>`),
  'pushValues of an HTML note': (text) => valuesOf({ xRequest: 1, tNote: text, fNoteIsHTML: 1 }),
  'writeLookup of HTML': (text) =>
    writeLookup({ columns: [], customers: [[{ name: 'note', content: { kind: 'html', html: text } }]], notices: [] }),
};

/** The text in each place that a table has for one. */
function tableOf(text: string): Content {
  return { kind: 'table', headings: [text, text], rows: [[{ kind: 'text', text }, null]], more: text };
}

function valuesOf(fields: Readonly<Record<string, unknown>>): Promise<unknown> {
  const request = readPushedRequest(JSON.stringify(fields));
  return pushValues(request, { format: 'markdown', helpSpotUrl: 'https://help.example.com', withFileLinks: true });
}

function fieldsNamed(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, 'x']));
}

const manyFields = (size: number) => fieldsNamed(many(size / 10, (index) => `field_${index}`));
const historyNames = (size: number) => many(size / 10, (index) => `request_history[${index}][tNote]`);
const textField = (name: string): Field => ({ name, content: { kind: 'text', text: 'x' } });

/** Many small things: the sizes count things. */
const OF_MANY: readonly (readonly [name: string, growing: () => Promise<readonly string[]>])[] = [
  [
    'parseForm',
    () =>
      growths(parseForm, [
        { name: 'fields', make: (size) => Buffer.from(many(size, (index) => `f${index}=1`).join('&')) },
        { name: 'items of a list', make: (size) => Buffer.from('f[]=1&'.repeat(size)) },
      ]),
  ],
  [
    'parseWholeForm',
    () =>
      growths(
        (body: Buffer) => parseWholeForm(body, httpLimits.pushParameters),
        // No more than the limit takes.
        [
          { name: 'fields', make: (size) => Buffer.from(many(size / 10, (index) => `f${index}=1`).join('&')) },
          { name: 'items of a list', make: (size) => Buffer.from('f[]=1&'.repeat(size / 10)) },
          {
            name: 'notes',
            make: (size) =>
              Buffer.from(
                historyNames(size / 10)
                  .map((name) => `${name}=x`)
                  .join('&'),
              ),
          },
        ],
      ),
  ],
  [
    'readWebhook',
    () =>
      growths(readWebhook, [
        { name: 'fields', make: manyFields },
        { name: 'notes', make: (size) => fieldsNamed(historyNames(size)) },
      ]),
  ],
  [
    'readPushedRequest',
    () =>
      growths(readPushedRequest, [
        { name: 'fields', make: (size) => JSON.stringify(manyFields(size)) },
        { name: 'notes', make: (size) => JSON.stringify({ request_history: many(size, () => ({ tNote: 'x' })) }) },
        { name: 'values of a field', make: (size) => JSON.stringify({ Custom1: many(size, () => 'x') }) },
      ]),
  ],
  [
    'readHistory',
    () => growths(readHistory, [{ name: 'notes', make: (size) => many(size, () => ({ tNote: '<p>x</p>' })) }]),
  ],
  [
    'elementNames',
    () =>
      growths(
        (names: readonly string[]) => elementNames(names, []),
        [
          { name: 'names', make: (size) => many(size, (index) => `field ${index}`) },
          {
            name: 'names that become the same',
            make: (size) => many(size, (index) => `a${'!'.repeat(index % 90)}${index % 2 === 0 ? ' ' : '?'}`),
          },
          {
            name: 'names of signs only',
            make: (size) =>
              many(size, (index) => String.fromCodePoint(0x2190 + (index % 5_000), 0x2190 + Math.floor(index / 5_000))),
          },
          { name: 'long names that begin alike', make: (size) => many(size, (index) => `${'a'.repeat(100)}${index}`) },
        ],
      ),
  ],
  [
    'writeLookup',
    () =>
      growths(
        (customers: LookupAnswer['customers']) => writeLookup({ columns: [], customers, notices: [] }),
        [
          { name: 'customers', make: (size) => many(size / 10, () => [textField('first_name'), textField('note')]) },
          { name: 'fields of one customer', make: (size) => [many(size / 10, (index) => textField(`field ${index}`))] },
          {
            name: 'customers of other fields',
            make: (size) => many(size / 100, (one) => many(10, (index) => textField(`f ${one} ${index}`))),
          },
        ],
      ),
  ],
  [
    'writeDetails',
    () =>
      growths(writeDetails, [
        {
          name: 'rows',
          make: (size) => ({ title: 'x', rows: many(size, (index) => ({ label: `l${index}`, value: 'x' })) }),
        },
        { name: 'items', make: (size) => ({ title: 'x', rows: [{ label: 'l', value: many(size, () => 'x') }] }) },
      ]),
  ],
];

describe('the work grows no faster than the text', { timeout: 120_000 }, () => {
  it.each(Object.entries(OF_TEXT))('of %s', async (_name, work) => {
    expect(await growths(work, TEXTS)).toEqual([]);
  });

  it.each(Object.entries(OF_HTML))('of %s', async (_name, work) => {
    expect(await growths(work, MARKUP)).toEqual([]);
  });

  it.each(OF_MANY)('of %s, for many small things', async (_name, growing) => {
    expect(await growing()).toEqual([]);
  });
});
