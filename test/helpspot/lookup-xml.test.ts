import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { create } from 'xmlbuilder2';
import type { Content, Customer, LookupAnswer } from '../../src/helpspot/answer.ts';
import { withoutMarkup } from '../../src/helpspot/insertable.ts';
import { writeLookup, writeLookupError } from '../../src/helpspot/lookup-xml.ts';
import { ajaxfieldXml, livelookupXml } from '../../src/helpspot/xml-writer.ts';
import { runs } from '../support/runs.ts';
import { readLookup } from '../support/xml.ts';
import { anyContent, asXmlReads, nastyText, seenAlone, seenInCell, textContent } from './nasty.ts';

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';
const text = (value: string): Content => ({ kind: 'text', text: value });
const customer = (fields: Readonly<Record<string, string>>): Customer =>
  Object.entries(fields).map(([name, value]) => ({ name, content: text(value) }));
const answer = (customers: readonly Customer[], rest: Partial<LookupAnswer> = {}): LookupAnswer => ({
  columns: [],
  notices: [],
  ...rest,
  customers,
});
const read = async (written: LookupAnswer) => readLookup(await writeLookup(written));
const only = async (fields: Readonly<Record<string, string>>) => (await read(answer([customer(fields)]))).customers[0];

describe('writeLookup', () => {
  it('writes the manual’s example', async () => {
    const bob = { customer_id: '12334', first_name: 'Bob', last_name: 'Jones', email: 'bjones@sampleinc.com' };
    const xml = await writeLookup(
      answer([customer({ ...bob, organization: 'Sample Inc' })], { columns: ['first_name', 'last_name'] }),
    );
    expect(xml).toBe(
      `${HEAD}<livelookup version="1.0" columns="first_name,last_name"><customer><customer_id>12334</customer_id>` +
        '<first_name>Bob</first_name><last_name>Jones</last_name><email>bjones@sampleinc.com</email>' +
        '<organization>Sample Inc</organization></customer></livelookup>',
    );
  });

  it('writes nobody', async () => {
    expect(await writeLookup(answer([]))).toBe(`${HEAD}<livelookup version="1.0"/>`);
    expect(await writeLookup(answer([], { columns: ['email'] }))).toBe(
      `${HEAD}<livelookup version="1.0" columns="email"/>`,
    );
  });

  it('puts standard elements first, in the manual’s order, and keeps the order of the others', async () => {
    const fields = {
      Custom2: 'c',
      zip: 'z',
      phone: 'p',
      email: 'e',
      Custom1: 'c',
      area: 'a',
      last_name: 'l',
      first_name: 'f',
      customer_id: 'i',
    };
    expect(Object.keys((await only(fields)) ?? {})).toEqual([
      'customer_id',
      'first_name',
      'last_name',
      'email',
      'phone',
      'Custom2',
      'zip',
      'Custom1',
      'area',
    ]);
  });

  it('writes no empty element, for Insert would overwrite a field with it', async () => {
    const fields = { customer_id: '1', email: '', phone: ' \n', Custom1: '<b></b>', note: '\u0000', other: '\u00a0' };
    expect(await only(fields)).toEqual({ customer_id: '1' });
  });

  it('keeps the first that is not empty of two elements with one name', async () => {
    const fields: Customer = [
      { name: 'custom5', content: text(' ') },
      { name: ' Custom5', content: text('first') },
      { name: 'Custom5', content: text('second') },
    ];
    expect(await writeLookup(answer([fields]))).toContain('<customer><Custom5>first</Custom5></customer>');
  });

  it('leaves out a customer of whom nothing is left', async () => {
    const { customers } = await read(answer([customer({ email: '' }), customer({ email: 'a' }), []]));
    expect(customers).toEqual([{ email: 'a' }]);
  });

  it('names one field alike in all customers and in the columns', async () => {
    const { columns, customers } = await read(
      answer([customer({ 'a b': '1' }), customer({ a_b: '2', 'a b': '3' })], {
        columns: [' a b ', 'custom7', '', 'a,b', 'a b'],
      }),
    );
    expect(columns).toEqual(['a_b_2', 'Custom7', 'a_b_3']);
    expect(customers).toEqual([{ a_b_2: '1' }, { a_b: '2', a_b_2: '3' }]);
  });

  it('writes insertable values literally and display values as HTML', async () => {
    const value = `Smith & <b>Co</b> "x" 'y'`;
    expect(await only({ last_name: value, Custom9: value, company: value })).toEqual({
      last_name: `Smith & Co "x" 'y'`,
      Custom9: `Smith & Co "x" 'y'`,
      company: 'Smith &amp; &lt;b&gt;Co&lt;/b&gt; &quot;x&quot; &#39;y&#39;',
    });
  });

  it('sanitises HTML for display and reads it as text for Insert', async () => {
    const html: Content = { kind: 'html', html: '<b onclick="x">A &amp; B</b><script>x</script>' };
    const inList: Content = { kind: 'list', items: [html, text('<c>')], style: 'lines' };
    const fields: Customer = [
      { name: 'note', content: html },
      { name: 'Custom1', content: html },
      { name: 'list', content: inList },
      { name: 'blank', content: { kind: 'html', html: '<p>&nbsp;</p>' } },
    ];
    expect((await read(answer([fields]))).customers).toEqual([
      { note: '<b>A &amp; B</b>', Custom1: 'A & B', list: '<b>A &amp; B</b><br>&lt;c&gt;' },
    ]);
  });

  it('carries 1 MB in a field', async () => {
    const value = 'Größe & <3 ]]> 😀 '.repeat(70_000);
    const fields = await only({ Custom1: `${value}.`, note: value });
    expect(fields?.['Custom1']).toBe(`${value}.`);
    expect(seenAlone(fields?.['note'] ?? '').text).toBe(value);
  });
});

describe('notices', () => {
  const notices = ['The first 50 of more.', ' ', 'Active Directory did not answer (<ref> 4f2a).'];
  const shown = 'The first 50 of more.<br>Active Directory did not answer (&lt;ref&gt; 4f2a).';

  it('ride on the only customer, after the standard elements', async () => {
    const { columns, customers } = await read(
      answer([customer({ zip: '1', email: 'a' })], { notices, columns: ['email'] }),
    );
    expect(columns).toEqual(['email']);
    expect(Object.entries(customers[0] ?? {})).toEqual([
      ['email', 'a'],
      ['lookup_notice', shown],
      ['zip', '1'],
    ]);
  });

  it('are a column of a table', async () => {
    const two = [customer({ email: 'a' }), customer({ email: 'b' })];
    const { columns, customers } = await read(answer(two, { notices, columns: ['email'] }));
    expect(columns).toEqual(['email', 'lookup_notice']);
    expect(customers).toEqual([{ email: 'a', lookup_notice: shown }, { email: 'b' }]);
    expect((await read(answer(two, { notices }))).columns).toEqual([
      'customer_id',
      'first_name',
      'last_name',
      'email',
      'lookup_notice',
    ]);
  });

  it('are not lost when there is no customer to carry them', async () => {
    for (const customers of [[], [customer({ email: '' })]]) {
      expect((await read(answer(customers, { notices }))).customers).toEqual([{ lookup_error: shown }]);
    }
  });

  it('are not overwritten by a field of that name', async () => {
    const { customers } = await read(answer([customer({ lookup_notice: 'mine' })], { notices: ['n'] }));
    expect(customers).toEqual([{ lookup_notice: 'n', lookup_notice_2: 'mine' }]);
    expect(await only({ lookup_notice: 'mine' })).toEqual({ lookup_notice: 'mine' });
  });
});

describe('writeLookupError', () => {
  it('writes one customer with nothing to insert', () => {
    const xml = writeLookupError('Active Directory <dc1> & more did not answer (ref 4f2a)');
    expect(readLookup(xml)).toEqual({
      columns: undefined,
      customers: [{ lookup_error: 'Active Directory &lt;dc1&gt; &amp; more did not answer (ref 4f2a)' }],
    });
  });

  it('is never empty', () => {
    expect(readLookup(writeLookupError('\u0000 ')).customers).toEqual([{ lookup_error: 'Live Lookup failed' }]);
  });

  it('shows any message as text', () => {
    fc.assert(
      fc.property(nastyText, (message) => {
        const error = readLookup(writeLookupError(message)).customers[0]?.['lookup_error'] ?? '';
        if (asXmlReads(message).trim() !== '') expect(seenInCell(error).text).toBe(asXmlReads(message));
      }),
    );
  });
});

describe('any answer', () => {
  const goodName = fc.constantFrom(
    'customer_id',
    'first_name',
    'email',
    'Custom1',
    'Custom22',
    'note',
    'Zip',
    'öffnung',
    '_x',
  );
  const anyAnswer = fc.record({
    columns: fc.array(fc.oneof(goodName, nastyText), { maxLength: 4 }),
    customers: fc.array(
      fc.array(fc.record({ name: fc.oneof(goodName, nastyText), content: fc.oneof(textContent, anyContent) }), {
        maxLength: 6,
      }),
      { maxLength: 3 },
    ),
    notices: fc.array(nastyText, { maxLength: 2 }),
  });

  it('is well-formed, flat, without empty elements and without markup in insertable values', async () => {
    await fc.assert(
      fc.asyncProperty(anyAnswer, async (given) => {
        const { columns, customers } = await read(given);
        expect(columns ?? []).not.toContain('');
        for (const fields of customers) {
          expect(Object.keys(fields).length).toBeGreaterThan(0);
          for (const [name, value] of Object.entries(fields)) {
            expect(value.trim()).not.toBe('');
            const seen = seenInCell(value);
            expect(seen.comments).toBe(0);
            if (/^(customer_id|first_name|last_name|email|phone|Custom\d+)$/.test(name))
              expect(seen.elements).toEqual([]);
          }
        }
      }),
      runs(100),
    );
  });

  it('reads back to the same values, under the same names', async () => {
    const fields = fc.uniqueArray(fc.tuple(goodName, nastyText), { selector: ([name]) => name, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(fields, { maxLength: 3 }), async (given) => {
        const customers = given.map((each) => each.map(([name, value]) => ({ name, content: text(value) })));
        const result = await read(answer(customers));
        const expected = given.map((each) => each.filter(([name, value]) => expectedText(name, value).trim() !== ''));
        const seen = result.customers.map((each) =>
          Object.entries(each).map(([name, value]) => [name, readBack(name, value)]),
        );
        expect(seen.map((each) => each.sort())).toEqual(
          expected
            .filter((each) => each.length > 0)
            .map((each) => each.map(([name, value]) => [name, expectedText(name, value)]).sort()),
        );
      }),
      runs(100),
    );
  });

  it('loses no field, whatever the names', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(nastyText, { selector: (name) => name.trim().toLowerCase() }), async (names) => {
        const fields = names.map((name, index) => ({ name, content: text(`value ${index}`) }));
        const { customers } = await read(answer([fields]));
        const values = Object.values(customers[0] ?? {});
        expect(values.sort()).toEqual(fields.map((_, index) => `value ${index}`).sort());
      }),
    );
  });

  const insertable = /^(?:customer_id|first_name|email|Custom\d+)$/;
  // withoutMarkup has properties of its own; without `<` it is the text itself.
  function expectedText(name: string, value: string): string {
    if (!insertable.test(name)) return asXmlReads(value);
    const visible = value.replace(/\p{Default_Ignorable_Code_Point}/gu, '');
    return visible.includes('<') ? withoutMarkup(visible) : asXmlReads(visible);
  }
  function readBack(name: string, value: string): string {
    return insertable.test(name) ? value : seenAlone(value).text;
  }
});

describe('the writer', () => {
  it('writes what xmlbuilder2’s document builder writes, byte for byte', () => {
    const name = fc.constantFrom('email', 'Custom1', '_2nd', 'öffnung', '電話', 'a-b.c');
    const elements = fc.dictionary(
      name,
      nastyText.map(asXmlReads).filter((value) => value !== ''),
      { minKeys: 1, noNullPrototype: false },
    );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 3 }), fc.array(elements, { maxLength: 3 }), (columns, customers) => {
        const document = create({ version: '1.0', encoding: 'UTF-8' });
        const root = document.ele('livelookup', {
          version: '1.0',
          ...(columns.length > 0 && { columns: columns.join(',') }),
        });
        for (const fields of customers) {
          const parent = root.ele('customer');
          // The builder takes `&lt;` in data for an escape; `&amp;lt;` is what it must be told.
          for (const [element, value] of Object.entries(fields))
            parent.ele(element).txt(value.replaceAll('&', '&amp;'));
        }
        const written = livelookupXml(
          columns,
          customers.map((fields) => new Map(Object.entries(fields))),
        );
        expect(written).toBe(document.end());
      }),
    );
  });

  it('writes drop-downs as the document builder does, byte for byte', () => {
    const text = nastyText.map(asXmlReads).filter((value) => value !== '');
    fc.assert(
      fc.property(
        fc.array(fc.record({ value: text, description: text }), { minLength: 1, maxLength: 4 }),
        (options) => {
          const root = create({ version: '1.0', encoding: 'UTF-8' }).ele('ajaxfield');
          for (const option of options) {
            const parent = root.ele('option');
            parent.ele('value').txt(option.value.replaceAll('&', '&amp;'));
            parent.ele('description').txt(option.description.replaceAll('&', '&amp;'));
          }
          expect(ajaxfieldXml(options)).toBe(root.end());
        },
      ),
    );
  });

  it.each(['', '1st', 'a b', 'a>', 'a:b', '-a', 'a\u0000'])('refuses the element name "%s"', (name) => {
    expect(() => livelookupXml([], [new Map([[name, 'x']])])).toThrow('no name of an XML element');
  });
});
