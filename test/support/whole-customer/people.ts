/** Who the systems know. */
import { hostile } from '../../helpspot/hostile-html.ts';

/** More than anybody reads. */
export const MANY = 10_000;

/** What a system may hold in any of its fields: each is no markup, runs nothing, and turns nothing around. */
export const hostileTexts: readonly string[] = [
  ...hostile,
  ']]></customer></livelookup>',
  '<![CDATA[x]]>',
  '&amp;lt;b&gt; &#60;b&#62; &unknown;',
  'bell \u0007, escape \u001b[31m, vertical \u000b, \u007f, \u0085, \ufffe',
  '\u202eturned\u202c \u2066kept\u2069 \u200fmark',
  'w'.repeat(10_000),
  '{{customer_id}} {{7*7}} ${HOME}',
];

/** One of them. */
export interface WholePerson {
  readonly id: string;
  /** What the contracts have. */
  readonly number: string;
  readonly last: string;
  readonly mail: string;
  readonly phone?: string;
  /** In every field that takes a text. */
  readonly note?: string;
}

const person = (id: string, number: string, last: string, phone?: string): WholePerson => {
  return { id, number, last, mail: `${id}@whole.example`, ...(phone !== undefined && { phone }) };
};

export const PEOPLE: readonly WholePerson[] = [
  person('max', 'W-1', 'Wholemann'),
  person('eva', 'W-2', 'Wholemann', '+49 30 1234567'),
  person('tom', 'W-3', 'Wholemann'),
  person('big', 'W-4', 'Manymann'),
  person('small', 'W-5', 'Fewmann'),
  {
    ...person('mallory', 'W-6', 'Hostile'),
    note: '</td></tr></table><script>hit(0)</script><img src=x onerror=hit(0)>]]>\u202e',
  },
  ...Array.from({ length: 12 }, (_, index) => person(`large${index}`, 'W-7', 'Largemann')),
];

const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** The list of the sales department; it knows Eva under another address. */
export const SALES_CSV = `email,employee_id,phone,status,last_name,room
max@whole.example,W-1,+49 30 7654321,blocked,Wholemann,
eva@private.example,W-2,+49 30 999,active,Wholemann,
tom@whole.example,W-3,,active,Wholemann,7
mallory@whole.example,W-6,${cell(hostileTexts[0] ?? '')},${cell(hostileTexts.join(' '))},Hostile,${cell(hostileTexts.join('\n'))}
`;
