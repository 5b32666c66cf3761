import fc from 'fast-check';
import { parseFragment } from 'parse5';
import { describe, expect, it } from 'vitest';
import type { Content } from '../../src/helpspot/answer.ts';
import { displayHtml, isEmptyHtml } from '../../src/helpspot/display.ts';
import { escapeHtml, safeHref, unescapeHtml } from '../../src/helpspot/html.ts';
import { runs } from '../support/runs.ts';
import { asXmlReads, nastyText, seenAlone, seenInCell, textContent } from './nasty.ts';

const noHtml = (): string => {
  throw new Error('there is no HTML in this content');
};
const display = (content: Content) => displayHtml(content, noHtml);
const text = (value: string) => ({ kind: 'text' as const, text: value });

describe('displayHtml', () => {
  it('escapes text', () => {
    expect(display(text(`<b> & "x" 'y' &lt;`))).toBe('&lt;b&gt; &amp; &quot;x&quot; &#39;y&#39; &amp;lt;');
  });

  it('shows line breaks', () => {
    expect(display(text('a\r\nb\nc\rd'))).toBe('a<br>b<br>c<br>d');
  });

  it('shows a browser exactly the text', () => {
    fc.assert(
      fc.property(nastyText, (value) => {
        for (const seen of [seenAlone(display(text(value))), seenInCell(display(text(value)))]) {
          expect(seen.text).toBe(asXmlReads(value));
          expect(seen.comments).toBe(0);
          expect(seen.elements.every((name) => name === 'br')).toBe(true);
          expect(seen.elements).toHaveLength(asXmlReads(value).split('\n').length - 1);
        }
      }),
      runs(150),
    );
  });

  it('makes no element but its own', () => {
    fc.assert(
      fc.property(textContent, (content) => {
        const own = content.kind === 'link' ? ['a'] : content.kind === 'list' ? ['ul', 'li', 'br', 'bdi'] : ['br'];
        const seen = seenInCell(display(content));
        expect(seen.elements.filter((name) => !own.includes(name))).toEqual([]);
        expect(seen.comments).toBe(0);
      }),
      runs(100),
    );
  });

  it('writes a link that opens beside HelpSpot', () => {
    expect(display({ kind: 'link', href: 'https://x.example/a?b=1&c="2"', text: 'A & B' })).toBe(
      '<a href="https://x.example/a?b=1&amp;c=%222%22" target="_blank" rel="noopener noreferrer">A &amp; B</a>',
    );
    expect(display({ kind: 'link', href: 'mailto:a@x.example', text: '' })).toContain('>mailto:a@x.example</a>');
  });

  it.each([
    'javascript:alert(1)',
    ' JaVaScRiPt:x',
    'data:text/html,x',
    'vbscript:x',
    '/admin.php?x',
    '//x.example',
    'x',
    '',
  ])('writes only the text of a link to %j', (href) => {
    expect(display({ kind: 'link', href, text: 'T' })).toBe('T');
  });

  it('writes an address that a browser reads as the one given', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), nastyText, (href, label) => {
        const [anchor] = parseFragment(display({ kind: 'link', href, text: label })).childNodes;
        if (anchor === undefined || !('attrs' in anchor)) throw new Error('no element');
        expect(anchor.attrs).toEqual([
          { name: 'href', value: new URL(href).href },
          { name: 'target', value: '_blank' },
          { name: 'rel', value: 'noopener noreferrer' },
        ]);
      }),
    );
  });

  it('writes lists', () => {
    const items = [text('a & b'), text(' '), { kind: 'link' as const, href: 'tel:1', text: 'c' }];
    const link = '<a href="tel:1" target="_blank" rel="noopener noreferrer">c</a>';
    expect(display({ kind: 'list', items, style: 'comma' })).toBe(`a &amp; b, ${link}`);
    expect(display({ kind: 'list', items, style: 'lines' })).toBe(`a &amp; b<br>${link}`);
    expect(display({ kind: 'list', items, style: 'bullets' })).toBe(`<ul><li>a &amp; b</li><li>${link}</li></ul>`);
    expect(display({ kind: 'list', items: [text('')], style: 'bullets' })).toBe('');
  });
});

describe('a mark, a note, and what turns a line', () => {
  it.each([
    ['danger', '#b00020'],
    ['warning', '#8a4b00'],
    ['success', '#1b6e2e'],
    ['muted', '#666666'],
  ] as const)('%s is %s', (as, colour) => {
    expect(display({ kind: 'marked', as, content: text('<a>') })).toBe(
      `<strong style="color: ${colour}">&lt;a&gt;</strong>`,
    );
  });

  it('stand where there is something to see', () => {
    const noted = (note: string, of: string) => display({ kind: 'noted', note, content: text(of) });
    expect(noted(' "n"\u0001 ', 'a')).toBe('<span title="&quot;n&quot;" style="cursor: help">a</span>');
    expect([noted(' ', 'a'), noted(' ', ' '), noted('n', ' ')]).toEqual(['a', '', '']);
    const link = { kind: 'link', href: ' tel:1\u0001 ', text: ' t ' } as const;
    expect(display(link)).toBe('<a href="tel:1" target="_blank" rel="noopener noreferrer">t</a>');
    expect([display({ ...link, href: ' x ', text: ' ' }), display({ ...link, href: '', text: '' })]).toEqual(['x', '']);
  });

  it('ends with the item of a list', () => {
    const marks = [...'\u2029\u202a\u202e\u202f\u2065\u2066\u2069\u206a'];
    const items = marks.map((mark) => text(`a${mark}b`));
    const parted = marks.map((mark) =>
      /[\u202a\u202e\u2066\u2069]/.test(mark) ? `<bdi>a${mark}b</bdi>` : `a${mark}b`,
    );
    expect(display({ kind: 'list', items, style: 'comma' })).toBe(parted.join(', '));
    expect(display({ kind: 'list', items, style: 'lines' })).toBe(parted.join('<br>'));
  });

  it('of HTML is taken away, before it is sanitised and after it', () => {
    expect(displayHtml({ kind: 'html', html: 'a\u0001' }, (html) => `${html}\u0001b`)).toBe('ab');
  });
});

describe('html', () => {
  it.each(['', ' \n', '<b></b>', '<b> </b><br>\u00a0'])('%j shows nothing', (html) => {
    expect(isEmptyHtml(html)).toBe(true);
  });

  it.each(['a', ' a ', 'a<b></b>', '<b></b>a', '<b>a', '<b></b><b'])('%j shows something', (html) => {
    expect(isEmptyHtml(html)).toBe(false);
  });

  it('escapes what has a meaning, and reads it back once', () => {
    expect(escapeHtml(`a&b<c>d"e'f&&`)).toBe('a&amp;b&lt;c&gt;d&quot;e&#39;f&amp;&amp;');
    for (const one of `&<>"'`) expect(unescapeHtml(escapeHtml(`${one}${one}`))).toBe(`${one}${one}`);
    expect(unescapeHtml('&amp;lt;&amp;&lt;')).toBe('&lt;&<');
  });

  it.each([
    ['http://a.example', 'http://a.example/'],
    ['mailto:a@b.example', 'mailto:a@b.example'],
    ['tel:1', 'tel:1'],
    ['ftp://a.example', undefined],
    ['https:', undefined],
  ])('the address %s is %s', (href, safe) => {
    expect(safeHref(href)).toBe(safe);
  });

  it('finds the address of a link, or none', () => {
    expect(safeHref('HTTPS://X.example')).toBe('https://x.example/');
    expect(safeHref('java\nscript:x')).toBeUndefined();
  });

  it('undoes its escapes', () => {
    fc.assert(fc.property(nastyText, (value) => void expect(unescapeHtml(escapeHtml(value))).toBe(value)));
  });

  it('knows what shows nothing', () => {
    expect(isEmptyHtml('<ul><li> </li></ul><br>\u00a0')).toBe(true);
    expect(isEmptyHtml('<b>0</b>')).toBe(false);
  });
});
