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

  // A table, its parts and its cells stand in one another; of a tag without an end there is one.
  const PARTS = new Set(['thead', 'tbody', 'tfoot', 'tr', 'th', 'td']);
  const OPEN = new Set(['br', 'hr']);
  it.each([...SANITISED].filter((tag) => tag !== 'a'))('lets <%s> through, its title and its colour', (tag) => {
    const attributes = ' title="x" style="color:red"';
    const html = `<${tag}${attributes}>a</${tag}>`;
    if (OPEN.has(tag)) expect(sanitise(`b<${tag}${attributes}>a`)).toBe(`b<${tag} title="x" style="color:red" />a`);
    else if (PARTS.has(tag)) expect(sanitise(`<table>${html}</table>`)).toBe(`<table>${html}</table>`);
    else expect(sanitise(html)).toBe(html);
  });

  it('lets no attribute through but those of cells, where they belong', () => {
    const all = 'style="x" class="y" id="z" name="n" abbr="b" colspan="2" rowspan="3" scope="row" title="t"';
    expect(sanitise(`<table><tr><th ${all}>a</th><td ${all}>b</td></tr></table><p ${all}>c</p>`)).toBe(
      '<table><tr><th colspan="2" rowspan="3" scope="row" title="t">a</th>' +
        '<td colspan="2" rowspan="3" title="t">b</td></tr></table><p title="t">c</p>',
    );
  });

  it.each([
    ...['color:red', 'color:RED', 'color:#abc', 'color:#01234567', 'color:rgb(1,2%,.3/4)', 'color:hsla(1, 2%, 3%, .5)'],
    ...['background-color:#FFF', 'background-color:rgba(0,0,0,0)', 'font-weight:bold', 'font-weight:lighter'],
    ...['font-weight:100', 'font-style:italic', 'font-style:oblique', 'text-align:center', 'text-align:justify'],
    ...['text-decoration:underline', 'text-decoration:none', 'white-space:nowrap', 'white-space:pre-wrap'],
  ])('lets the style %s through, and nothing around it', (style) => {
    expect(sanitise(`<p style="${style};margin:0">a</p>`)).toBe(`<p style="${style}">a</p>`);
    expect(sanitise(`<p style="${style.replace(':', ':x(')}">a</p><i style="${style}(1)">b</i>`)).toBe(
      '<p>a</p><i>b</i>',
    );
  });

  it.each([
    ...['color:#ab', 'color:#012345678', 'color:re', `color:${'r'.repeat(31)}`, 'color:rgb(calc(1))', 'color:rgb()'],
    ...[`color:rgb(${'1'.repeat(41)})`, 'color:x#abc', 'font-weight:150', 'font-weight:000', 'font-weight:1000'],
    ...['font-weight:xbold', 'font-style:italics', 'font-style:x italic', 'text-align:xleft', 'text-align:left2'],
    ...['text-decoration:blink', 'white-space:prex', 'white-space:break-spaces', 'display:none', 'float:left'],
  ])('drops the style %s', (style) => {
    expect(sanitise(`<p style="${style}">a</p>`)).toBe('<p>a</p>');
  });

  it.each([
    ['tel:1', 'tel:1'],
    ['mailto:a@b.example', 'mailto:a@b.example'],
    ['HTTP://a.example', 'http://a.example/'],
  ])('writes a link to %s', (href, written) => {
    expect(sanitise(`<a href="${href}">a</a>`)).toBe(
      `<a href="${written}" target="_blank" rel="noopener noreferrer">a</a>`,
    );
  });

  it.each(['<a>', '<a href="ftp://a.example">', '<a href="">', '<img alt="a">b</img><a>', '<font color="">'])(
    'writes no link of %s',
    (tag) => {
      expect(sanitise(`${tag}x`)).toBe(tag.startsWith('<img') ? '<span>a</span>b<span>x</span>' : '<span>x</span>');
    },
  );

  it.each([
    ...['script', 'style', 'textarea', 'option', 'select', 'noscript', 'title', 'xmp', 'iframe', 'noembed', 'noframes'],
    ...['plaintext', 'template', 'svg', 'math', 'object', 'applet', 'audio', 'video', 'canvas'],
  ])('drops what stands in <%s>', (tag) => {
    const html = `<${tag}>a</${tag}>b`;
    expect([sanitise(html), htmlToText(html), new HtmlReader().shownText(html)]).toEqual(['b', 'b', 'b']);
  });

  it('reads so many characters and tags for all values of an answer', () => {
    const bold = (count: number, text = 'x') => `${'<b>'.repeat(count)}${text}`;
    expect([sanitise(bold(10_000)).slice(0, 3), sanitise(bold(10_001))]).toEqual(['<b>', 'x']);
    const tags = new HtmlReader();
    const kept = [10_000, 10_000, 9_999, 1, 1].map((count) => tags.sanitise(bold(count)).startsWith('<b>'));
    expect(kept).toEqual([true, true, true, true, false]);
    const characters = new HtmlReader();
    const lengths = [700_000, 799_992, 1, 0, 0].map((count) => characters.sanitise(bold(1, 'y'.repeat(count))).length);
    // With `</b>` where the parser closed it.
    expect(lengths).toEqual([700_007, 799_999, 1, 0, 0]);
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
    expect(sanitise(`${html}a &amp; b &lt;<br>c<br>d`)).toBe('a &amp; b &lt;<br>c<br>d');
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
    ['a<th>b</th>c  <td> d', 'a b c d'],
    ['<p> </p>\n<p>a</p> <p></p>', 'a'],
  ])('%j → %j', (html, expected) => {
    expect(htmlToText(html)).toBe(expected);
  });
});

it.each([
  ...['table', 'tr', 'ul', 'ol', 'li', 'dl', 'dt', 'dd', 'p', 'div', 'blockquote', 'pre'],
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
])('<%s> begins a line of text and ends it', (tag) => {
  const html = `x<${tag}>a</${tag}>b<br>c<hr>d`;
  expect([htmlToText(html), new HtmlReader().shownText(html)]).toEqual(['x\na\nb\nc\nd', 'x\na\nb\nc\nd']);
});

describe('shownText', () => {
  const shown = (html: string) => new HtmlReader().shownText(html);

  it('is not read by a parser where that is too much, or cut', () => {
    expect(shown(`${'<i>'.repeat(10_001)}a<br>b <a href="https://x.example/">c</a>`)).toBe(
      'a\nb c (https://x.example/)',
    );
    expect(shown(cutText('<td>a</td><td>b<!-- c', 20))).toBe('a b!-- … [cut: 1 characters more]');
  });

  it.each([
    ['<p>a &amp; b</p><p>c<br>d</p>', 'a & b\nc\nd'],
    ['<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>more', 'A | B\n1 | 2\nmore'],
    ['<table><tr><td></td><td>b</td><td></td><td>d</td></tr></table>', '| b |  | d'],
    ['<table><tr><td>a<br>b</td><td><ul><li>c</li><li>d</li></ul></td></tr></table>', 'a / b | c / d'],
    ['<table><tr><td>a&#10;b</td><td><table><tr><td>c</td><td>d</td></tr></table></td></tr></table>', 'a b | c / d'],
    ['<a href="https://x.example/?a=1&amp;b=2" target="_blank">a</a>', 'a (https://x.example/?a=1&b=2)'],
    ['<a href="https://x.example/"><strong style="color: red">a</strong></a>', 'a (https://x.example/)'],
    ['<a href="https://x.example/">https://x.example/</a>', 'https://x.example/'],
    ['<table><tr><td>a<p></p><p>b</p></td></tr><tr><td> </td></tr></table>', 'a / b'],
    ['<table><tr><td>a</td><td><table><tr><td>b</td></tr></table>c</td><td></td></tr></table>d', 'a | b / c |\nd'],
    ['<td>a</td>x<th>b', 'a | xb'],
    ['a\n  b &amp;lt; |', 'a b &lt; |'],
  ])('%j → %j', (html, expected) => {
    expect(shown(html)).toBe(expected);
  });
});
