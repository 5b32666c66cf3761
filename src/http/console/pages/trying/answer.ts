/** The answer of a lookup, drawn as HelpSpot draws it. What is HTML there stands in frames that may do nothing at all. */
import { type ComponentChild, h } from 'preact';
import type { HelpDeskField } from '../../../../contract/index.ts';
import { cutText } from '../../../../helpspot/cut.ts';
import { HELPSPOT_COLUMNS, type LookupElements } from '../../../../helpspot/lookup-xml.ts';
import { HtmlReader } from '../../../../helpspot/sanitise.ts';
import { isInsertable, NOTICE_ELEMENT } from '../../../../helpspot/xml-name.ts';
import { dataTable, notice } from '../../page.ts';
import type { Texts } from '../../texts/en.ts';
import { answerFrame } from '../answer-frame.ts';
import { insertEffect, type OpenRequest } from './insert.ts';

/** What somebody looks through, and a browser draws without effort; the XML beside it has the rest. */
const limits = { rows: 200, popUps: 50, frames: 40, cell: 200, text: 10_000, html: 100_000 } as const;

/** What the drawing is made with. */
export interface Drawing {
  /** Into which Insert would copy. */
  readonly request: OpenRequest;
  readonly customFields: readonly HelpDeskField[];
  readonly texts: Texts;
}

type Elements = LookupElements['customers'][number];

/** One customer with his fields, or the table of several with what opens from each row; nobody is said. */
export function drawnAnswer({ columns, customers, notices }: LookupElements, drawing: Drawing): ComponentChild {
  const { texts } = drawing;
  const said =
    notices.length === 0
      ? undefined
      : h(
          'div',
          null,
          notices.map((one) => notice('warning', one)),
        );
  const [first, ...others] = customers;
  const artist = new Artist(drawing);
  if (first === undefined) return h('div', null, said, notice('warning', texts.nobodyFound));
  if (others.length === 0) return h('div', null, said, artist.customer(first));
  const heads = columns.length > 0 ? columns : HELPSPOT_COLUMNS;
  const rows = customers.slice(0, limits.rows).map((one) => heads.map((name) => artist.cell(name, one.get(name))));
  const popUps = customers
    .slice(0, limits.popUps)
    .map((one, at) =>
      h('details', null, h('summary', null, `${at + 1}. ${artist.summary(one, heads)}`), artist.customer(one)),
    );
  const more = customers.length > limits.popUps ? notice('warning', texts.onlyFirst(limits.popUps)) : undefined;
  const labels = heads.map((name) => artist.label(name));
  return h('div', null, said, dataTable(texts.severalFound(customers.length), labels, rows), popUps, more);
}

class Artist {
  readonly #drawing: Drawing;
  readonly #names: ReadonlyMap<string, HelpDeskField>;
  readonly #reader = new HtmlReader();
  #frames = 0;

  constructor(drawing: Drawing) {
    this.#drawing = drawing;
    this.#names = new Map(drawing.customFields.map((one) => [one.field, one]));
  }

  /** As HelpSpot labels an element: `admin_link` is "Admin link", a custom field has its own name. */
  label(element: string): string {
    const { texts } = this.#drawing;
    const known: Readonly<Record<string, string>> = {
      customer_id: texts.customerId,
      first_name: texts.firstName,
      last_name: texts.lastName,
      email: texts.email,
      phone: texts.phone,
      [NOTICE_ELEMENT]: texts.lookupNotice,
    };
    if (Object.hasOwn(known, element)) return known[element] ?? element;
    const custom = this.#names.get(element);
    if (custom !== undefined) return custom.name;
    const words = element.replaceAll('_', ' ');
    return words.charAt(0).toUpperCase() + words.slice(1);
  }

  customer(elements: Elements): ComponentChild {
    const rows = [...elements].flatMap(([name, value]) => [
      h('dt', null, this.label(name)),
      h('dd', null, isInsertable(name) ? this.#insertable(name, value) : this.#shown(name, value)),
    ]);
    return h('dl', { class: 'customer' }, rows);
  }

  /** What a row of the table shows: one line of text. */
  cell(name: string, value: string | undefined): ComponentChild {
    if (value === undefined) return '';
    return cutText(isInsertable(name) ? value : this.#asText(value), limits.cell);
  }

  summary(elements: Elements, heads: readonly string[]): string {
    const texts = heads.map((name) => this.cell(name, elements.get(name))).filter((text) => text !== '');
    return texts.slice(0, 4).join(', ');
  }

  /** Text as it stands; with it what Insert does. */
  #insertable(name: string, value: string): readonly ComponentChild[] {
    const { request, texts } = this.#drawing;
    const { refused, overwritten } = insertEffect(name, value, request) ?? {};
    const { type } = this.#names.get(name) ?? {};
    return [
      h('span', { class: 'value' }, cutText(value, limits.text), dateNote(value, type)),
      ' ',
      request.hasInsert && refused === undefined ? h('span', { class: 'insert' }, texts.inserted) : undefined,
      refused === undefined ? undefined : h('span', { class: 'warn' }, texts.notInserted(refused)),
      overwritten === undefined
        ? undefined
        : h('span', { class: 'warn' }, ' ', texts.overwrites(cutText(overwritten, limits.cell))),
    ];
  }

  #shown(name: string, html: string): ComponentChild {
    const lines = html.split('<br>', limits.rows);
    if (lines.every((line) => !line.includes('<'))) {
      return lines.map((line, at) => [at === 0 ? undefined : h('br', null), cutText(this.#asText(line), limits.text)]);
    }
    if (this.#frames >= limits.frames || html.length > limits.html) {
      return h('span', { class: 'lines' }, cutText(this.#asText(html), limits.text));
    }
    this.#frames += 1;
    return answerFrame(html, this.label(name));
  }

  #asText(html: string): string {
    return this.#reader.shownText(html);
  }
}

/** A date is inserted as seconds since 1970, which nobody reads. */
function dateNote(value: string, type: HelpDeskField['type']): string {
  if ((type !== 'date' && type !== 'moment') || !/^\d{1,10}$/.test(value)) return '';
  return ` (${new Date(Number(value) * 1000)
    .toISOString()
    .slice(0, type === 'date' ? 10 : 16)
    .replace('T', ' ')})`;
}
