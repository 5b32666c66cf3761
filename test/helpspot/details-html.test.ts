import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import { describe, expect, it } from 'vitest';
import {
  ageWords,
  DETAILS_ELEMENTS,
  type DetailsValue,
  type DetailsView,
  writeDetails,
  writeDetailsError,
} from '../../src/helpspot/details-html.ts';
import { legalText } from '../../src/helpspot/xml-text.ts';
import { runs } from '../support/runs.ts';
import { nastyText } from './nasty.ts';

const VIEW: DetailsView = {
  title: 'Printer on fire',
  link: 'https://bugs.example.com/?123',
  rows: [
    { label: 'Status', value: 'Open & <new>' },
    { label: 'Opened', value: new Date('2026-11-21T09:30:15Z') },
    { label: 'Priority', value: 2 },
    { label: 'Urgent', value: true },
    { label: 'Tags', value: ['hot', '', 'loud'] },
    { label: 'Assignee', value: { href: 'https://bugs.example.com/tina', text: 'Tina' } },
    { label: 'Unknown', value: undefined },
    { label: 'Empty', value: ' ' },
  ],
};

const A_EXAMPLE = '<a href="https://a.example/" target="_blank" rel="noopener noreferrer">';

type Node = DefaultTreeAdapterTypes.Node;

function elementsIn(html: string): DefaultTreeAdapterTypes.Element[] {
  const walk = (node: Node): DefaultTreeAdapterTypes.Element[] => [
    ...('tagName' in node ? [node] : []),
    ...('childNodes' in node ? node.childNodes.flatMap(walk) : []),
  ];
  return walk(parseFragment(html));
}

function textIn(html: string): string {
  const walk = (node: Node): string => {
    if ('value' in node) return node.value;
    if (node.nodeName === 'br') return '\n';
    return 'childNodes' in node ? node.childNodes.map(walk).join('') : '';
  };
  return walk(parseFragment(html));
}

describe('details', () => {
  it('are a title, a link and rows', () => {
    expect(writeDetails(VIEW)).toMatchInlineSnapshot(`
      "<p><b><a href="https://bugs.example.com/?123" target="_blank" rel="noopener noreferrer">Printer on fire</a></b></p>
      <table cellpadding="4" cellspacing="0" border="0" style="border-collapse: collapse">
      <tr><th align="left" valign="top" style="text-align: left; vertical-align: top; white-space: nowrap">Status</th><td valign="top" style="vertical-align: top">Open &amp; &lt;new&gt;</td></tr>
      <tr><th align="left" valign="top" style="text-align: left; vertical-align: top; white-space: nowrap">Opened</th><td valign="top" style="vertical-align: top">2026-11-21 09:30 UTC</td></tr>
      <tr><th align="left" valign="top" style="text-align: left; vertical-align: top; white-space: nowrap">Priority</th><td valign="top" style="vertical-align: top">2</td></tr>
      <tr><th align="left" valign="top" style="text-align: left; vertical-align: top; white-space: nowrap">Urgent</th><td valign="top" style="vertical-align: top">yes</td></tr>
      <tr><th align="left" valign="top" style="text-align: left; vertical-align: top; white-space: nowrap">Tags</th><td valign="top" style="vertical-align: top">hot<br>loud</td></tr>
      <tr><th align="left" valign="top" style="text-align: left; vertical-align: top; white-space: nowrap">Assignee</th><td valign="top" style="vertical-align: top"><a href="https://bugs.example.com/tina" target="_blank" rel="noopener noreferrer">Tina</a></td></tr>
      </table>"
    `);
  });

  it('say how old they are, and why', () => {
    const stale = { ageMs: 12 * 60_000, reason: 'FogBugz did not answer' };
    expect(writeDetails({ ...VIEW, stale })).toMatch(/^<p>As of 12 minutes ago; FogBugz did not answer\.<\/p>\n<p><b>/);
    expect(textIn(writeDetails({ title: '', rows: [], stale: { ageMs: 5, reason: '' } }))).toBe('As of a moment ago.');
  });

  it('say where a push stands', () => {
    const standing = 'It waits: FogBugz <did not answer>';
    expect(writeDetails({ title: '', rows: [], standing })).toBe('<p>It waits: FogBugz &lt;did not answer&gt;</p>');
  });

  it('are never nothing', () => {
    expect(writeDetails({ title: ' ', rows: [] })).toBe('<p>There is nothing to show.</p>');
    expect(writeDetailsError(' ')).toBe('<p>The details cannot be shown.</p>');
    expect(writeDetailsError('<b>')).toBe('<p>&lt;b&gt;</p>');
  });

  it('have a link only to what is safe to open', () => {
    const view = {
      title: 'x',
      link: 'javascript:alert(1)',
      rows: [{ label: 'a', value: { href: '/admin', text: 'y' } }],
    };
    expect(elementsIn(writeDetails(view)).map(({ tagName }) => tagName)).not.toContain('a');
    expect(textIn(writeDetails(view))).toContain('y');
  });

  it('count what they leave out', () => {
    const rows = Array.from({ length: 105 }, (_, index) => ({ label: `${index}`, value: 'x' }));
    expect(writeDetails({ title: '', rows })).toMatch(/<p>5 more are not shown\.<\/p>$/);
    const items = Array.from({ length: 103 }, (_, index) => `item ${index}`);
    expect(writeDetails({ title: '', rows: [{ label: 'a', value: items }] })).toContain('item 99<br>and 3 more</td>');
    const long = writeDetails({ title: '', rows: [{ label: 'a', value: 'x'.repeat(20_000) }] });
    expect(textIn(long)).toMatch(/x{10000} …/);
    const [TOO_MANY, MANY] = [items.slice(0, 101), items.slice(0, 100)].map((value) =>
      writeDetails({ title: '', rows: [{ label: 'a', value }] }),
    );
    expect([TOO_MANY, MANY]).toEqual([expect.stringContaining('<br>and 1 more<'), expect.not.stringContaining('more')]);
    for (const count of [10_000, 10_001]) {
      const shown = textIn(writeDetails({ title: 'x'.repeat(count), rows: [] }));
      expect(shown).toBe(count === 10_000 ? 'x'.repeat(count) : `${'x'.repeat(10_000)} …`);
    }
    expect(writeDetails({ title: '', rows: rows.slice(0, 101) })).toMatch(/<p>1 more are not shown\.<\/p>$/);
    expect(writeDetails({ title: '', rows: rows.slice(0, 100) })).toMatch(/<\/table>$/);
    const heavy = Array.from({ length: 90 }, () => ({ label: 'a', value: 'x'.repeat(10_000) }));
    expect(writeDetails({ title: '', rows: heavy }).length).toBeLessThan(600_000);
  });

  it('have half a million characters of rows, but the first row in any case', () => {
    const row = (value: DetailsValue | readonly DetailsValue[]) => ({ label: 'a', value });
    const length = (value: string) => writeDetails({ title: '', rows: [row(value)] }).split('\n')[1]?.length ?? 0;
    const full = Array.from({ length: 49 }, () => row('x'.repeat(10_000)));
    const rest = 500_000 - 49 * length('x'.repeat(10_000)) - (length('x') - 1);
    const last = (count: number) => writeDetails({ title: '', rows: [...full, row('y'.repeat(count)), row('z')] });
    expect(last(rest)).toMatch(/y<\/td><\/tr>\n<\/table>\n<p>1 more are not shown\.<\/p>$/);
    expect(last(rest + 1)).toMatch(/x<\/td><\/tr>\n<\/table>\n<p>2 more are not shown\.<\/p>$/);
    const first = row(Array.from({ length: 60 }, () => 'x'.repeat(10_000)));
    expect(writeDetails({ title: '', rows: [first, row('z')] })).toMatch(/x<\/td><\/tr>\n<\/table>\n<p>1 more/);
  });

  it.each([
    [false, 'no'],
    [0, '0'],
    ['a\n<b', 'a<br>&lt;b'],
    [new Date(0), '1970-01-01 00:00 UTC'],
    [['a', ' ', true, 2, new Date(Number.NaN)], 'a<br>yes<br>2'],
    [{ href: ' https://a.example/\u0001 ', text: ' ' }, `${A_EXAMPLE}https://a.example/</a>`],
    [{ href: 'https://a.example/', text: ' <t> ' }, `${A_EXAMPLE}&lt;t&gt;</a>`],
    [{ href: 'x:<y>', text: ' ' }, 'x:&lt;y&gt;'],
    [{ href: 'x:y', text: '<t>' }, '&lt;t&gt;'],
  ] satisfies [DetailsValue | DetailsValue[], string][])('have the value %j as %s', (value, html) => {
    expect(writeDetails({ title: '', rows: [{ label: ' <l>\u0001 ', value }] })).toBe(
      '<table cellpadding="4" cellspacing="0" border="0" style="border-collapse: collapse">\n' +
        '<tr><th align="left" valign="top" style="text-align: left; vertical-align: top; white-space: nowrap">' +
        `&lt;l&gt;</th><td valign="top" style="vertical-align: top">${html}</td></tr>\n</table>`,
    );
  });

  it.each([undefined, '', ' \n', [], [' '], new Date(Number.NaN)])('have no row without a value: %j', (value) => {
    expect(writeDetails({ title: 'x', rows: [{ label: 'a', value }] })).toBe('<p><b>x</b></p>');
  });

  it('have the parts that there are, in this order', () => {
    const stale = { ageMs: 1_000, reason: ' r ' };
    expect(writeDetails({ title: 'a', standing: 's', stale, rows: [] })).toBe(
      '<p>As of 1 second ago; r.</p>\n<p>s</p>\n<p><b>a</b></p>',
    );
    expect(writeDetails({ title: ' ', link: 'https://a.example/', rows: [] })).toBe(
      `<p><b>${A_EXAMPLE}https://a.example/</a></b></p>`,
    );
    expect(writeDetails({ title: '<t>', link: 'x:y', rows: [] })).toBe('<p><b>&lt;t&gt;</b></p>');
  });

  it.each([
    [999, 'a moment'],
    [1_000, '1 second'],
    [2_000, '2 seconds'],
    [59_999, '59 seconds'],
    [60_000, '1 minute'],
    [3_599_999, '59 minutes'],
    [3_600_000, '1 hour'],
    [7_200_000, '2 hours'],
    [86_399_999, '23 hours'],
    [86_400_000, '1 day'],
    [86_400_000 * 3, '3 days'],
  ])('%d ms are %s', (ms, words) => {
    expect(ageWords(ms)).toBe(words);
  });
});

describe('whatever is in details', () => {
  const scalar: fc.Arbitrary<DetailsValue> = fc.oneof(
    nastyText,
    fc.double(),
    fc.boolean(),
    fc.date(),
    fc.record({
      href: fc.oneof(
        nastyText,
        fc.webUrl(),
        nastyText.map((x) => `https://example.com/${x}`),
      ),
      text: nastyText,
    }),
  );
  const view: fc.Arbitrary<DetailsView> = fc.record({
    title: nastyText,
    link: fc.option(
      fc.oneof(
        nastyText,
        nastyText.map((x) => `https://example.com/?${x}`),
      ),
      { nil: undefined },
    ),
    rows: fc.array(fc.record({ label: nastyText, value: fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })) }), {
      maxLength: 4,
    }),
    standing: fc.option(nastyText, { nil: undefined }),
    stale: fc.option(fc.record({ ageMs: fc.nat(), reason: nastyText }), { nil: undefined }),
  });

  it('never becomes an element, an attribute, or a link that runs something', () => {
    fc.assert(
      fc.property(view, (one) => {
        for (const { tagName, attrs } of elementsIn(writeDetails(one))) {
          if (tagName === 'tbody') continue;
          expect(DETAILS_ELEMENTS).toContain(tagName);
          const allowed =
            tagName === 'a' ? /^(?:href|target|rel)$/ : /^(?:style|align|valign|cellpadding|cellspacing|border)$/;
          for (const { name, value } of attrs) {
            expect(name).toMatch(allowed);
            if (name === 'href') expect(value).toMatch(/^(?:https?|mailto|tel):/);
          }
        }
      }),
      runs(100),
    );
  });

  it('is shown as it is', () => {
    fc.assert(
      fc.property(nastyText, nastyText, (label, value) => {
        const shown = textIn(writeDetails({ title: 't', rows: [{ label, value: `<${value}>` }] }));
        expect(shown).toContain(legalText(label).trim() + legalText(`<${value}>`).trim());
      }),
      runs(100),
    );
  });

  it('stays inside its own elements', () => {
    fc.assert(
      fc.property(view, (one) => {
        const around = parseFragment(`<div>${writeDetails(one)}</div><i></i>`).childNodes.map(
          ({ nodeName }) => nodeName,
        );
        expect(around).toEqual(['div', 'i']);
      }),
    );
  });
});
