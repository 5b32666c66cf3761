import { parse, parseFragment } from 'parse5';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SourceError } from '../../../src/contract/index.ts';
import type { FieldPlan } from '../../../src/gateway/lookup/plan.ts';
import { asCurl, asPhp } from '../../../src/http/console/pages/trying/calls.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, lookupPlan, memorySource, renamed, steps } from '../../support/plans.ts';
import { consoleGateway } from './harness.ts';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(2)>' & </iframe></pre>`;

const people = memorySystem([
  { customer_id: '12', first_name: 'Bob', last_name: 'Smith', email: 'bob@example.com', band: 'B7', pin: '4711' },
  { customer_id: '13', first_name: 'Ann', last_name: 'Smith', email: 'ann@example.com', note: 'two\nlines' },
  { customer_id: '66', first_name: HOSTILE, last_name: HOSTILE, note: HOSTILE, [HOSTILE]: HOSTILE },
]);
const broken = { ...memorySystem(), error: new SourceError('unreachable', HOSTILE) };

const note: FieldPlan = {
  element: 'my_note',
  content: {
    kind: 'html',
    template:
      '<b style="color: #b00020; text-align: left">{{note}}</b><script>alert(3)</script><img src="https://elsewhere.example/x">',
  },
  visibleTo: undefined,
};
const fields: readonly FieldPlan[] = [
  ...['customer_id', 'first_name', 'last_name', 'email'].map((name) => renamed(name, name)),
  { ...renamed('salary_band', 'band'), visibleTo: ['admin'] },
  { ...renamed('Custom5', 'building') },
  note,
];

let running: Awaited<ReturnType<typeof consoleGateway>>;

beforeAll(async () => {
  const sources = [memorySource('crm', people), memorySource('away', broken, { title: HOSTILE })];
  const plan = gatewayPlan(sources);
  const match = steps('customer_id', 'email', 'last_name', 'asset=Custom8');
  running = await consoleGateway({
    ...plan,
    access: { ...plan.access, keys: [{ name: 'helpspot', secret: 'a-secret-that-nobody-reads' }] },
    lookups: new Map(
      [
        lookupPlan({ sources: ['crm'], match, fields }),
        lookupPlan({ name: 'plain', sources: ['crm'], match }),
        lookupPlan({ name: 'away', sources: ['away'], match }),
      ].map((one) => [one.name, one]),
    ),
  });
});
afterAll(() => running.close());

const ask = (filled: Record<string, string>, role: 'viewer' | 'operator' = 'viewer') =>
  running.sent('try-lookup/ask', filled, role);

interface Element {
  readonly nodeName: string;
  readonly attrs?: readonly { readonly name: string; readonly value: string }[];
  readonly childNodes?: readonly Element[];
  readonly value?: string;
}

function elementsIn(root: Element): readonly Element[] {
  return [root, ...(root.childNodes ?? []).flatMap(elementsIn)];
}

function attribute({ attrs = [] }: Element, wanted: string): string | undefined {
  return attrs.find(({ name }) => name === wanted)?.value;
}

function textIn(html: string): string {
  return elementsIn(parse(html) as Element)
    .map(({ value = '' }) => value)
    .join('\n');
}

/** No script, no handler, nothing fetched from elsewhere: in the page, and in the documents of its frames. */
function expectHarmless(html: string, parsed: Element = parse(html) as Element): readonly Element[] {
  const all = elementsIn(parsed);
  for (const element of all) {
    expect(element.nodeName).not.toMatch(/^(?:script|img|object|embed|style|svg|base)$/);
    for (const { name, value } of element.attrs ?? []) {
      expect(name).not.toMatch(/^(?:on|style)/);
      if (['href', 'src', 'action'].includes(name)) expect(value).toMatch(/^(?:#|data:,|\/console\/)/);
    }
  }
  const frames = all.filter(({ nodeName }) => nodeName === 'iframe');
  for (const frame of frames) {
    expect(attribute(frame, 'sandbox')).toBe('');
    const inner = attribute(frame, 'srcdoc') ?? '';
    expect(expectHarmless(inner, parseFragment(inner) as Element)).toEqual([]);
  }
  return frames;
}

describe('the form', () => {
  it('labels the fields as HelpSpot does, and has the custom fields of match and fields', async () => {
    const { html, status } = await running.page('try-lookup');
    expect(status).toBe(200);
    const labels = [...html.matchAll(/<label for="f-([^"]+)">([^<]*)</g)].map(([, name, label]) => `${name}: ${label}`);
    for (const label of [
      ...['customer_id: Customer ID', 'first_name: First name', 'last_name: Last name', 'email: Email'],
      ...['phone: Phone', 'Custom5: Custom5', 'Custom8: Custom8', 'request: Request number'],
    ]) {
      expect(labels).toContain(label);
    }
    expect(html).toContain('<h1>Try a lookup</h1>');
    expect(people.queries).toEqual([]);
  });

  it('is there in German, too', async () => {
    expect((await running.page('try-lookup', 'viewer', 'de')).html).toContain('<h1>Suche ausprobieren</h1>');
  });

  it('takes the name of the lookup from an address, and nothing else', async () => {
    const before = people.queries.length;
    const { html } = await running.page('try-lookup?console-name=plain&console-ask=1&email=bob@example.com');
    expect(html).toContain('<option value="plain" selected>');
    expect(html).toContain('<form method="post" action="/console/try-lookup/ask">');
    expect(html).not.toMatch(/bob@example|As HelpSpot draws it/);
    expect(people.queries.length).toBe(before);
  });

  it('is not taken from another page', async () => {
    const before = people.queries.length;
    const refused = await running.sent('try-lookup/ask', { email: 'bob@example.com' }, 'viewer', 'of another page');
    expect([refused.status, people.queries.length]).toEqual([403, before]);
  });

  it('says that there is no such lookup', async () => {
    expect((await ask({ 'console-name': HOSTILE })).html).toContain('There is no such page');
  });
});

describe('one customer', () => {
  it('has his fields, what Insert takes, and what it overwrites', async () => {
    const { html } = await ask({ email: 'bob@example.com', first_name: 'Robert' });
    const text = textIn(html);
    expect(text).toContain('and overwrites “Robert”');
    expect(text.match(/Insert takes it/g)).toHaveLength(4);
    expect(text).not.toContain('B7');
    expect(text).toContain('only admin may see it');
    expect(text).toMatch(/\bemail\n+crm\n+1 found/);
    expect(html).toContain('&lt;livelookup');
  });

  it('is shown as staff of the level see him', async () => {
    expect(textIn((await ask({ customer_id: '12', acting_person_fusertype: '1' })).html)).toContain('B7');
  });

  it('comes with the records of the sources for operators only, and of these with what the level may see', async () => {
    expect((await ask({ customer_id: '12' })).html).not.toContain('Records of the sources');
    const text = textIn((await ask({ customer_id: '12' }, 'operator')).html);
    expect(text).toMatch(/Becomes/);
    expect(text).toMatch(/pin\n+not shown to this level/);
    expect(text).not.toMatch(/4711|B7/);
    const admin = textIn((await ask({ customer_id: '12', acting_person_fusertype: '1' }, 'operator')).html);
    expect(admin).toMatch(/band\n+B7\n+salary_band/);
  });

  it('is an ordinary lookup in the log, which says who asked', async () => {
    await ask({ customer_id: '12', acting_person_xperson: '7' });
    const line = running.log.lines.findLast(({ fields }) => 'via' in fields)?.fields;
    expect(line).toMatchObject({ lookup: 'default', via: 'console', caller: 'viewer', actingPerson: '7' });
  });
});

describe('several customers', () => {
  it('are a table, and a pop-up for each', async () => {
    const { html } = await ask({ last_name: 'Smith', 'console-name': 'plain' });
    const text = textIn(html);
    expect(html).toContain('aria-label="2 customers found"');
    expect(text).toContain('1. 12, Bob, Smith, bob@example.com');
    expect(text).toContain('2. 13, Ann, Smith, ann@example.com');
    expect(html).toContain('two<br/>lines');
  });
});

describe('nobody', () => {
  it('is said, and what could be searched when nothing was', async () => {
    expect(textIn((await ask({ email: 'nobody@example.com' })).html)).toContain('No customers found');
    expect(textIn((await ask({})).html)).toContain('searches by: customer_id, email, last_name, Custom8');
  });
});

/** The one value that is HTML; its mark comes from the console's own sheet. */
const MARKED: unknown = expect.stringContaining('<b class="bad">');

describe('hostile values', () => {
  it('do nothing in a customer, in names of fields and in what was typed', async () => {
    for (const lookup of ['default', 'plain']) {
      const filled = { customer_id: '66', first_name: HOSTILE, phone: HOSTILE, Custom8: HOSTILE };
      const { html, headers } = await ask({ ...filled, 'console-name': lookup }, 'operator');
      const frames = expectHarmless(html);
      if (lookup === 'default') expect(frames.map((one) => attribute(one, 'srcdoc'))).toEqual([MARKED]);
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'; style-src 'self'; img-src data:/);
    }
  });

  it('do nothing in an error and in the title of a source', async () => {
    const { html } = await ask({ customer_id: '66', 'console-name': 'away' }, 'operator');
    expectHarmless(html);
    expect(html).toContain('role="alert"');
    expect(textIn(html)).toContain('did not answer; try again in a minute');
  });

  it('are one argument of a shell, and one text of PHP', async () => {
    const parameters = { email: `a'b\\`, last_name: '$(rm -rf /)' };
    expect(asCurl('https://HOST/livelookup', parameters)).toBe(
      [
        String.raw`curl --get 'https://HOST/livelookup' \
  --data-urlencode 'email=a'\''b\' \
  --data-urlencode 'last_name=$(rm -rf /)'`,
      ].join('\n'),
    );
    expect(asPhp('https://HOST/livelookup', parameters)).toContain(String.raw`'email' => 'a\'b\\',`);
    const { html } = await ask({ customer_id: '12' });
    expect(html).toMatch(/http:\/\/127\.0\.0\.1:\d+\/k\/YOUR-KEY\/livelookup/);
    expect(html).not.toContain('a-secret-that-nobody-reads');
  });
});
