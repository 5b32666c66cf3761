/** What strangers, customers and other systems may send to stop a gateway: each is one call. */
import type { Handler } from '../http/stand-in.ts';
import type { Call } from './gateway.ts';

/** One of them. */
export interface Row {
  readonly name: string;
  /** What the other system answers when it is asked. */
  readonly answer?: () => string;
  /** Made when its turn has come: some are large. */
  readonly call: () => Call;
}

function pushed(name: string, target: string, note: () => string, isHtml: boolean): Row {
  return {
    name,
    call: () => ({
      path: `/push/${target}`,
      body: JSON.stringify({ xRequest: name.length, sTitle: name, tNote: note(), fNoteIsHTML: isHtml ? '1' : '0' }),
    }),
  };
}

/** @param lookup how what the system answers is shown */
function answered(name: string, lookup: string, answer: () => string): Row {
  return { name, answer, call: () => ({ path: `/livelookup/${lookup}?customer_id=hostile` }) };
}

const list = (count: number, item: (index: number) => object) => () =>
  JSON.stringify(Array.from({ length: count }, (_, index) => item(index)));
const fields = (count: number, from = 0) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`field_${from + index}`, 'x']));
const MEGABYTES = 1_000_000;

/** Each with the three or so next to it. */
export const ROWS: readonly Row[] = [
  pushed('HTML note: <pre>, 100,000 spaces', 'Text', () => `<pre>${' '.repeat(100_000)}x</pre>`, true),
  pushed('the same for Markdown', 'Markdown', () => `<pre>${' '.repeat(100_000)}x</pre>`, true),
  pushed('plain note: http://x/, 60,000 !', 'Markdown', () => `http://x/${'!'.repeat(60_000)}a`, false),
  pushed('HTML note: <b>, 60,000 &nbsp;', 'Markdown', () => `<b>${'&nbsp;'.repeat(60_000)}x</b>`, true),
  pushed('HTML note: 200,000 <b> in one another', 'Markdown', () => '<b>'.repeat(200_000), true),
  pushed('HTML note: 4 MB of table cells', 'Markdown', () => '<table><tr><td>x'.repeat(250_000), true),
  pushed('plain note: 15 MB of one letter', 'Text', () => 'x'.repeat(15 * MEGABYTES), false),
  pushed('plain note: 15 MB of U+FFFF', 'Text', () => '\uffff'.repeat(5 * MEGABYTES), false),
  pushed('plain note: 15 MB of lines', 'Markdown', () => 'x\n'.repeat(5 * MEGABYTES), false),
  {
    name: 'a push of 300,000 fields',
    call: () => ({ path: '/push/Text', body: JSON.stringify({ xRequest: 1, ...fields(300_000) }) }),
  },
  {
    name: 'a push of 15 MB of brackets',
    call: () => ({ path: '/push/Text', body: `{"a":`.repeat(3 * MEGABYTES) }),
  },
  {
    name: 'a webhook of 249,000 fields',
    call: () => ({
      path: '/webhooks/rule',
      body: Array.from({ length: 249_000 }, (_, index) => `f${index}=1`).join('&'),
      type: 'application/x-www-form-urlencoded',
    }),
  },
  {
    name: 'a webhook of 15 MB in one field',
    call: () => ({
      path: '/webhooks/rule',
      body: `xRequest=1&tNote=${'%0A'.repeat(5 * MEGABYTES)}`,
      type: 'application/x-www-form-urlencoded',
    }),
  },
  answered('XML: //a, 4,000 flat records', 'xml', () => `<r>${'<a><n>x</n></a>'.repeat(4_000)}</r>`),
  answered('XML: //a, 4.8 MB of flat records', 'xml', () => `<r>${'<a><n>x</n></a>'.repeat(320_000)}</r>`),
  answered('XML: one record of 4.8 MB', 'xml', () => `<r><a>${'<n>x</n>'.repeat(600_000)}</a></r>`),
  answered(
    'XML: one element of 200,000 attributes',
    'xml',
    () => `<r><a ${Array.from({ length: 200_000 }, (_, index) => `a${index}="x"`).join(' ')}/></r>`,
  ),
  answered(
    'JSON: 50 records with 10,000 <b>',
    'html',
    list(50, () => ({ note: '<b>'.repeat(10_000) })),
  ),
  answered(
    'JSON: a style of 4.8 MB',
    'html',
    list(1, () => ({ note: `<p style="${'color:red;'.repeat(480_000)}">x</p>` })),
  ),
  answered(
    'JSON: a value of 4.9 MB in six elements',
    'many',
    list(1, () => ({ note: 'x'.repeat(4.9 * MEGABYTES) })),
  ),
  answered('JSON: a record of 300,000 fields', 'json', () => JSON.stringify(fields(300_000))),
  answered(
    'JSON: 1,000 records of 300 other fields each',
    'json',
    list(1_000, (index) => fields(300, index * 300)),
  ),
  answered(
    'JSON: 250,000 records',
    'json',
    list(250_000, (index) => ({ id: index })),
  ),
  answered('XML: 50 MB', 'xml', () => `<r>${'<a><n>x</n></a>'.repeat(3_300_000)}</r>`),
  answered('XML: 4.8 MB of elements in one another', 'xml', () => '<a>'.repeat(1.6 * MEGABYTES)),
  answered(
    'XPath //a[n]: 150 elements in one another, 4,000 times',
    'xpath',
    () => `<r>${`${'<a>'.repeat(150)}<n>x</n>${'</a>'.repeat(150)}`.repeat(4_000)}</r>`,
  ),
  answered('JSON: 50 MB', 'json', () => `[${'{"id":1},'.repeat(5.5 * MEGABYTES)}{}]`),
  answered(
    'JSONPath $..a: 4.8 MB of objects in one another',
    'jsonpath',
    () => `${'{"a":'.repeat(0.9 * MEGABYTES)}1${'}'.repeat(0.9 * MEGABYTES)}`,
  ),
  answered(
    'JSONPath $..a: 300,000 flat objects',
    'jsonpath',
    list(300_000, (index) => ({ a: { id: index } })),
  ),
  answered('JSON: 4.8 MB of brackets', 'json', () => '['.repeat(4.8 * MEGABYTES)),
  {
    name: 'a name of 40,000 letters, against 3,000 records',
    answer: list(3_000, (index) => ({ id: index, last_name: 'x' })),
    call: () => ({ path: `/livelookup/json?customer_id=hostile&last_name=${'%C3%A9'.repeat(40_000)}` }),
  },
  {
    name: 'a form of 880,000 letters that each become eighteen',
    call: () => ({
      path: '/livelookup',
      type: 'application/x-www-form-urlencoded',
      body: `last_name=${'%EF%B7%BA'.repeat(880_000)}`,
    }),
  },
  { name: 'a lookup name of 1 MB', call: () => ({ path: `/livelookup/${'x'.repeat(1_000_000)}` }) },
  { name: 'a parameter of 1 MB', call: () => ({ path: `/livelookup?customer_id=${'%C3%A9'.repeat(166_000)}` }) },
];

/** The other system: takes every push, and answers what the row says. */
export function otherSystem(): { readonly handle: Handler; play(row: Row): void } {
  let answer = Buffer.from('');
  return {
    handle: ({ path }) => (path === '/hook' ? { status: 200 } : { status: 200, body: answer }),
    play: (row) => {
      answer = Buffer.from(row.answer?.() ?? '');
    },
  };
}
