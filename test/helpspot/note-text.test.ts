import fc from 'fast-check';
import { parseFragment } from 'parse5';
import { describe, expect, it } from 'vitest';
import { anchor } from '../../src/helpspot/html.ts';
import { noteWriter, type TextFormat } from '../../src/helpspot/note-text.ts';
import { roughText } from '../../src/helpspot/rough-text.ts';
import { runs, times } from '../support/runs.ts';
import { nastyText } from './nasty.ts';

const FORMATS: readonly TextFormat[] = ['text', 'markdown', 'html'];

async function written(format: TextFormat, html: string): Promise<string> {
  return (await noteWriter(format)).html(html);
}

/** A mail as Outlook writes it. */
const MAIL = `<html><head><style>p.x { color: red }</style><title>Mail</title></head><body><!-- [if mso]>x<![endif] -->
<p class="x">Dear&nbsp;all,</p><p>the <b>printer</b> is <i>on fire</i>:<br>see <a href="https://example.com/p?a=1&amp;b=2">the
picture</a> or https://example.com/</p><img src="cid:logo" alt="Logo" width=1><ul><li>red<li>hot</ul>
<table><tr><th>Floor</th><td>3</td></tr><tr><th>Room</th><td>12</td></tr></table>
<blockquote>On Monday Bob wrote:<br>1. stop<script>alert(1)</script></blockquote></body></html>`;

describe('an HTML note', () => {
  it('is clean text', async () => {
    expect(await written('text', MAIL)).toMatchInlineSnapshot(`
      "Dear all,

      the printer is on fire:
      see the picture <https://example.com/p?a=1&b=2> or https://example.com/

      Logo
      - red
      - hot

      Floor 3
      Room 12

      > On Monday Bob wrote:
      > 1. stop"
    `);
  });

  it('is Markdown', async () => {
    expect(await written('markdown', MAIL)).toMatchInlineSnapshot(`
      "Dear all,

      the **printer** is *on fire*:  
      see [the picture](<https://example.com/p?a=1&b=2>) or <https://example.com/>

      Logo

      -   red
      -   hot

      Floor 3  
      Room 12  

      > On Monday Bob wrote:  
      > 1\\. stop"
    `);
  });

  it('is sanitised HTML', async () => {
    const html = await written('html', `${MAIL}<p onclick="x()">a</p><a href="javascript:x">b</a>`);
    expect(html).not.toMatch(/script|onclick|<img|<style|cid:/i);
    expect(html).toContain('the <b>printer</b>');
  });

  it('cannot smuggle what only looks like text', async () => {
    const smuggled = '<p>&lt;script&gt;alert(1)&lt;/script&gt; # x &#42;y&#42; @<span>bob</span> 1<i></i>. z</p>';
    expect(await written('markdown', smuggled)).toBe(
      '\\<script\\>alert(1)\\</script\\> \\# x \\*y\\* @\u200bbob 1\\. z',
    );
    expect(await written('text', smuggled)).toBe('<script>alert(1)</script> # x *y* @bob 1. z');
  });

  it('has links that go where the reader sees', async () => {
    const link = '<a href="https://evil.example/">https://<b>bank</b>.example</a> <a href="javascript:x">y</a>';
    expect(await written('markdown', link)).toBe('[https\\://bank.example](<https://evil.example/>) y');
    expect(await written('text', link)).toBe('https://bank.example <https://evil.example/> y');
  });

  it.each([
    ['<h1>A</h1><h2>b</h2><h3>C</h3>', 'A\n\n\nb\n\n\nC', '# A\n\n## b\n\n### C'],
    ['<h4>A</h4><h5>b</h5><h6>C</h6>d', 'A\n\nb\n\nC\n\nd', '#### A\n\n##### b\n\n###### C\n\nd'],
    ['<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>', 'a\nb\nc', 'a\n\nb\n\nc'],
    ['<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>', '1. a\n    - b\n 2. c', '1.  a\n    -   b\n2.  c'],
    ['<blockquote>a<blockquote>b</blockquote></blockquote>', '> a\n>\n> > b', '> a\n> \n> > b'],
    ['a<hr>b', `a\n\n${'-'.repeat(40)}\n\nb`, 'a\n\n---\n\nb'],
    ['word '.repeat(40), 'word '.repeat(40).trim(), 'word '.repeat(40).trim()],
    ['<em>a</em> <strong>b</strong> <u>c</u>', 'a b c', '*a* **b** c'],
    ['<table><tr><th>a</th><td></td><td>b</td></tr><tr><td> </td></tr></table>c', 'a b\n\n\nc', 'a b  \n\nc'],
    ['<p>a  </p>\n<p> b &amp; <c></p>', 'a\n\nb &', 'a\n\nb \\&'],
    ['<a href="https://a.example/">https://a.example/</a>', 'https://a.example/', '<https://a.example/>'],
    ['<a href="https://a.example/">a\n <b>b</b></a>', 'a b <https://a.example/>', '[a b](<https://a.example/>)'],
    ['<a href="https://a.example/"> </a>x<a>y</a>', 'https://a.example/xy', 'xy'],
    ['<code>a`b</code> <code> </code>', 'a`b', '``a`b``'],
    ['<pre><code>a\n`b`</code>\n</pre>', 'a\n`b`', '```\na\n`b`\n```'],
    ['<pre>\n<code>a\n</code></pre>', 'a', '```\na\n```'],
    ['<pre>x<code>a</code></pre>', 'xa', 'x`a`'],
    ['<pre><code>a</code>x</pre>', 'ax', '`a`x'],
    ['<pre><code>a</code>\n<code>b</code></pre>', 'a\nb', '`a`\n`b`'],
    ['<pre>a\n  *b*</pre>', 'a\n  *b*', 'a\n  \\*b\\*'],
  ])('that is %j is %j as text, and %j in Markdown', async (html, text, markdown) => {
    expect([await written('text', html), await written('markdown', html)]).toEqual([text, markdown]);
  });

  it('never becomes HTML in Markdown', async () => {
    const writer = await noteWriter('markdown');
    const html = fc
      .array(
        fc.oneof(
          nastyText,
          fc.constantFrom('<p>', '</p>', '<a href="https://x.y/<b>">', '</a>', '<pre>', '<li>', '<h1>'),
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(html, (note) => {
        const markdown = writer
          .html(note)
          .replace(/\\[!-/:-@[-`{-~]/g, '')
          .replace(/<(?:https?|mailto|tel):[^\s<>]*>/g, '');
        // Code is shown as it is; outside of it there is no `<`.
        const outside = markdown.replace(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');
        expect(outside).not.toMatch(/</);
      }),
      runs(100),
    );
  });
});

describe('HTML that is too much', () => {
  const HUGE: readonly (readonly [string, string])[] = [
    ['elements in one another', '<div>'.repeat(times(400_000))],
    ['elements that do not fit', '<b><i></b>'.repeat(times(200_000))],
    ['tables in tables', '<table><tr><td>'.repeat(times(140_000))],
    ['brackets', '<'.repeat(times(2_000_000))],
    ['comments without an end', '<!--'.repeat(times(500_000))],
    ['styles without an end', '<style>'.repeat(times(280_000))],
    ['one tag without an end', `<a ${'b="c" '.repeat(times(320_000))}`],
    ['entities', '&lt;'.repeat(times(500_000))],
    ['a picture', `<img src="data:image/png;base64,${'A'.repeat(times(2_000_000))}">`],
  ];

  // What took time with the square of the length would take minutes; the limit of the test is half a minute.
  it.each(HUGE)('%s do not stop the gateway', async (_name, html) => {
    for (const format of FORMATS) expect((await written(format, html)).length).toBeLessThan(20_000_000);
  });

  it('is read all the same, line by line', async () => {
    const lines = '<tr><td>a</td><td>b &amp; c</td></tr>'.repeat(5_000);
    const html = `<style>.x{}</style><p>First<br/>second</p><table>${lines}</table><!-- x --><p>last&nbsp;one`;
    expect(await written('text', html)).toBe(`First\nsecond\n${'a b & c\n'.repeat(5_000)}\nlast one`);
    expect(await written('html', `<p>&lt;b&gt;${html}`)).toMatch(/^&lt;b&gt;First<br>\nsecond<br>\n/);
    expect(await written('markdown', `<p># x</p>${html}`)).toMatch(/^\\# x {2}\nFirst {2}\n/);
  });

  it('counts for all notes of a request together', async () => {
    const writer = await noteWriter('text');
    const list = `<ul>${'<li>a</li>'.repeat(2_000)}</ul>`;
    expect(writer.html(list)).toContain('- a');
    expect(writer.html(list)).toContain('- a');
    expect(writer.html(list)).not.toContain('- a');
  });

  it('keeps what follows a comment that has no end', () => {
    expect(roughText('a <!-- b <style> c')).toBe('a !-- b c');
    expect(roughText('a <style>x</style> b <style> c <!-- d --> e')).toBe('a b c e');
  });
});

describe('text', () => {
  it('is escaped as the format asks', async () => {
    const texts = await Promise.all(FORMATS.map(async (format) => (await noteWriter(format)).text('a <b>\n*c*')));
    expect(texts).toEqual(['a <b>\n*c*', 'a \\<b\\>  \n\\*c\\*', 'a &lt;b&gt;<br>\n*c*']);
  });

  it.each([
    ['text', 'https://a.example/', '<t>: https://a.example/', '<t>: x:y', 'x:<y>', '<h>', '- a\n- b', 'a\n\nb'],
    [
      ...(['markdown', '<https://a.example/>', '[\\<t\\>](<https://a.example/>)', '\\<t\\>', 'x:\\<y\\>'] as const),
      ...(['**\\<h\\>**', '- a\n- b', 'a\n\nb'] as const),
    ],
    [
      ...(['html', anchor('https://a.example/', 'https://a.example/'), anchor('https://a.example/', '<t>')] as const),
      ...(['&lt;t&gt;', 'x:&lt;y&gt;', '<p><b>&lt;h&gt;</b></p>', '<ul><li>a</li><li>b</li></ul>', 'a\nb'] as const),
    ],
  ] as const)(
    'in the format %s has links, headings, lists and paragraphs',
    async (format, address, link, unsafe, unsafeAlone, heading, list, paragraphs) => {
      const writer = await noteWriter(format);
      expect([writer.link('https://a.example/', ''), writer.link('https://a.example/', 'https://a.example/')]).toEqual([
        address,
        address,
      ]);
      expect([writer.link('https://a.example/', '<t>'), writer.link('x:y', '<t>'), writer.link('x:<y>', '')]).toEqual([
        link,
        unsafe,
        unsafeAlone,
      ]);
      expect([writer.heading('<h>'), writer.list(['a', 'b']), writer.list([])]).toEqual([heading, list, '']);
      expect([writer.paragraphs(['', 'a', '', 'b']), writer.paragraphs([])]).toEqual([paragraphs, '']);
      expect(writer.format).toBe(format);
    },
  );

  it('in HTML is nothing but text and line breaks', async () => {
    const writer = await noteWriter('html');
    fc.assert(
      fc.property(nastyText, (text) => {
        const nodes = parseFragment(writer.text(text)).childNodes.map(({ nodeName }) => nodeName);
        expect(nodes.filter((name) => name !== '#text' && name !== 'br')).toEqual([]);
      }),
    );
  });

  it('is a link only where the address is safe', async () => {
    for (const format of ['markdown', 'html'] as const) {
      const writer = await noteWriter(format);
      expect(writer.link('javascript:alert(1)', 'x')).toBe('x');
      expect(writer.link('https://example.com/', '')).toContain('https://example.com/');
    }
  });
});
