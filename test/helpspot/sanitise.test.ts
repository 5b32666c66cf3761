import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import { describe, expect, it } from 'vitest';
import { cutText } from '../../src/helpspot/cut.ts';
import { HtmlReader, htmlToText, sanitise } from '../../src/helpspot/sanitise.ts';
import { runs } from '../support/runs.ts';
import { nastyHtml, SANITISED, seenInCell } from './nasty.ts';

const ATTRIBUTES = new Set(['style', 'title', 'href', 'target', 'rel', 'colspan', 'rowspan', 'scope']);

function elementsOf(node: DefaultTreeAdapterTypes.ParentNode): DefaultTreeAdapterTypes.Element[] {
  return node.childNodes.flatMap((child) => ('tagName' in child ? [child, ...elementsOf(child)] : []));
}

describe('sanitise', () => {
  it.each([
    [
      'the manual’s link',
      '<a href="http://admin.company.com">Company Admin</a>',
      '<a href="http://admin.company.com/" target="_blank" rel="noopener noreferrer">Company Admin</a>',
    ],
    [
      'a link that would keep hold of HelpSpot’s page',
      '<a rel="opener" target="_self" title="x" href="https://x.example/">a</a>',
      '<a rel="noopener noreferrer" target="_blank" title="x" href="https://x.example/">a</a>',
    ],
    ['red text', '<span style="color: red">expired</span>', '<span style="color:red">expired</span>'],
    ['red text of old', '<font color="#c00">expired</font>', '<span style="color:#c00">expired</span>'],
    ['text of an old font without a colour', '<font face="x">a</font>', '<span>a</span>'],
    [
      'a table',
      '<table><tr><th scope="col">a</th><td colspan="2">b</td></tr></table>',
      '<table><tr><th scope="col">a</th><td colspan="2">b</td></tr></table>',
    ],
    ['lists and emphasis', '<ul><li><b>a</b><li><em>b</em></ul>', '<ul><li><b>a</b></li><li><em>b</em></li></ul>'],
    ['an open tag', '<b>a', '<b>a</b>'],
    ['scripts', 'a<script>alert(1)</script><b onclick="x()">b</b>', 'a<b>b</b>'],
    [
      'styles that move or fetch',
      '<p style="position:fixed;color:url(x);background-color:#fff">a</p>',
      '<p style="background-color:#fff">a</p>',
    ],
    ['a link that runs a script', '<a href="javascript:x">a</a>', '<span>a</span>'],
    ['a link to the same scheme', '<a href="//x.example/" rel="opener" title="x">a</a>', '<span title="x">a</span>'],
    [
      'names that HelpSpot’s styles and scripts know',
      '<b id="x" class="y" name="z" title="t">a</b>',
      '<b title="t">a</b>',
    ],
    ['a link into HelpSpot', '<a href="admin.php?pg=x">a</a>', '<span>a</span>'],
    ['a picture', 'a<img src="https://x.example/p.png" alt="b & c">d', 'a<span>b &amp; c</span>d'],
    ['a cell without a table', '<td>a</td><td>b</td>', ' a  b '],
    ['the end of another table', 'a</td></tr></table>b', 'ab'],
    [
      'a table right in a table',
      '<table><table><tr><td>a</td></tr></table></table>',
      '<table> <tr><td>a</td></tr> </table>',
    ],
    [
      'a table in a cell',
      '<table><tr><td><table><tr><td>a</td></tr></table></td></tr></table>',
      '<table><tr><td><table><tr><td>a</td></tr></table></td></tr></table>',
    ],
    [
      'what is no text for people',
      '<title>x</title><svg><text>x</text></svg><noscript>x</noscript><iframe>x</iframe>a',
      'a',
    ],
    ['entities', 'a &amp; b &lt;c&gt; &eacute;', 'a &amp; b &lt;c&gt; é'],
  ])('%s', (_what, html, expected) => {
    expect(sanitise(html)).toBe(expected);
  });

  it('keeps the word that something is cut, also where that happened within a comment', () => {
    const cut = cutText(`<b>a</b><!-- ${'x'.repeat(50)} -->`, 20);
    expect(sanitise(cut)).toContain('[cut: 47 characters more]');
  });

  it('nests no deeper than anybody can see', () => {
    const nested = `${'<div>'.repeat(60)}x${'</div>'.repeat(60)}`;
    expect(sanitise(nested).match(/<div>/g)).toHaveLength(50);
    expect(sanitise(nested)).toContain('x');
  });

  it('keeps to what it allows, whatever the HTML', () => {
    fc.assert(
      fc.property(nastyHtml, (html) => {
        const clean = sanitise(html);
        for (const element of elementsOf(parseFragment(clean))) {
          expect(SANITISED, clean).toContain(element.tagName);
          for (const { name, value } of element.attrs) {
            expect(ATTRIBUTES, clean).toContain(name);
            if (name === 'href') expect(value).toMatch(/^(https?|mailto|tel):/);
            if (name === 'style') expect(value).not.toMatch(/url|position|expression/i);
          }
        }
      }),
      runs(150),
    );
  });

  it('stays in its cell of HelpSpot’s table, whatever the HTML', () => {
    fc.assert(
      fc.property(nastyHtml, (html) => void seenInCell(sanitise(html))),
      runs(100),
    );
  });

  it('leaves only the text of more tags than its parser bears', () => {
    const html = '<div>'.repeat(200_000);
    expect(sanitise(`${html}a &amp; b &lt;`)).toBe('a &amp; b &lt;');
    expect(htmlToText(`${html}a &amp; b`)).toBe('a & b');
  });

  it('reads 1 MB', () => {
    const html = `<p>${'x &amp; <b>y</b> and some more text that goes on for a while, about two hundred characters of it, as the notes of a customer do, with names, dates, numbers and whatever else is in them. '.repeat(5_000)}</p>`;
    expect(sanitise(html)).toBe(html);
  });
});

describe('htmlToText', () => {
  it.each([
    ['a &amp; b &lt;c&gt;', 'a & b <c>'],
    ['&amp;lt;', '&lt;'],
    ['<p>a</p><p>b<br>c</p>', 'a\nb\nc'],
    ['a\n  <b>b</b>   c', 'a b c'],
    ['<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>', 'a b\nc'],
    ['<script>x</script><style>y</style>a', 'a'],
    ['<a href="https://x.example">a</a>', 'a'],
  ])('%j → %j', (html, expected) => {
    expect(htmlToText(html)).toBe(expected);
  });
});

describe('shownText', () => {
  const shown = (html: string) => new HtmlReader().shownText(html);

  it.each([
    ['<p>a &amp; b</p><p>c<br>d</p>', 'a & b\nc\nd'],
    ['<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>more', 'A | B\n1 | 2\nmore'],
    ['<table><tr><td></td><td>b</td><td></td><td>d</td></tr></table>', '| b |  | d'],
    ['<table><tr><td>a<br>b</td><td><ul><li>c</li><li>d</li></ul></td></tr></table>', 'a / b | c / d'],
    ['<table><tr><td>a&#10;b</td><td><table><tr><td>c</td><td>d</td></tr></table></td></tr></table>', 'a b | c / d'],
    ['<a href="https://x.example/?a=1&amp;b=2" target="_blank">a</a>', 'a (https://x.example/?a=1&b=2)'],
    ['<a href="https://x.example/"><strong style="color: red">a</strong></a>', 'a (https://x.example/)'],
    ['<a href="https://x.example/">https://x.example/</a>', 'https://x.example/'],
  ])('%j → %j', (html, expected) => {
    expect(shown(html)).toBe(expected);
  });
});
