import { describe, expect, it } from 'vitest';
import { readAdf, readMarkdown, readWiki } from './languages.ts';
import { readPage } from './page.ts';

describe('what the table of push targets reads with', () => {
  it.each([
    '<script>alert(1)</script>',
    '<p onclick="x()">a</p>',
    '<a href="javascript:x()">a</a>',
    '<a href="/admin?pg=logout">a</a>',
    '<img src="https://example.com/seen.png">',
    '<div id="content">a</div>',
    '<b style="background: url(https://example.com)">a</b>',
    '<style>p { color: red }</style>',
  ])('finds the danger in %s', (html) => {
    expect(readPage(html).dangers).not.toEqual([]);
  });

  it('reads a page as people do', () => {
    const page = readPage('<p>a &lt;b&gt; <a href="https://example.com/?a=1&amp;b=2">c</a></p><p>d</p>');
    expect(page).toEqual({
      text: 'a <b> c\nd\n',
      elements: ['p', 'a'],
      links: ['https://example.com/?a=1&b=2'],
      dangers: [],
    });
  });

  it.each(['@bob', 'see #12', '<b>', '[x](https://example.com)', '*a*', '`a`', '# a', '- a\n# b', '1. a', '_a_'])(
    'takes %j for Markdown, not for text',
    (markdown) => {
      expect(() => readMarkdown(markdown)).toThrow('is markup in');
    },
  );

  it('reads escaped Markdown', () => {
    expect(readMarkdown('\\*a\\* \\<b\\> [c](<https://example.com>) \\#\u200b12')).toBe(
      '*a* <b> c https://example.com #\u200b12',
    );
  });

  it.each(['{code}', '[~admin]', '!x.png!', '*a*', 'a^b^', '|a|', '~a~', '[x|https://example.com]'])(
    'takes %j for wiki markup, not for text',
    (wiki) => {
      expect(() => readWiki(wiki)).toThrow('is markup in');
    },
  );

  it('reads escaped wiki markup, and a document of Jira Cloud', () => {
    expect(readWiki('\\{code\\} [https://example.com/a_b] &#92;x')).toBe('{code} https://example.com/a_b \\x');
    const paragraph = { type: 'paragraph', content: [{ type: 'text', text: 'a' }, { type: 'hardBreak' }] };
    expect(readAdf({ type: 'doc', content: [paragraph, paragraph] })).toBe('a\n\n\na\n\n\n');
  });
});
