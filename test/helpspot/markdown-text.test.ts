import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownCode, markdownInline, markdownLines, markdownLink } from '../../src/helpspot/markdown-text.ts';
import { legalText } from '../../src/helpspot/xml-text.ts';
import { runs } from '../support/runs.ts';
import { nastyText } from './nasty.ts';

const MARKDOWN = [
  ...['#', '# ', '## x', '*', '**a**', '_a_', '- ', '+ ', '1. ', '1) ', '> ', '`', '```', '~~~', '    code', '\t'],
  ...['\n', '\n\n', '  \n', '\\\n', '\\', '[a](http://x)', '[a]: http://x', '![i](x)', '<b>', '<script>', '</', '<!--'],
  ...['&lt;', '&amp;', '&#35;', '&', '|', 'a|b\n-|-', '===', '---', '***', '=', ':', '://', '$x$', '^', '~', '~~a~~'],
  ...['http://a.b/c_d_e*f*', 'https://x.y).', 'www.x.com', '<http://x>', 'https://a.b/[x](y)', 'https://e.f/`g`'],
  ...['@bob', 'x@bob', '@', 'a@b.ch', '#12', 'o/r#12', 'GH-1', 'a', 'b', 'word ', ' ', 'é', 'ftp://x.y'],
];
const markdown = fc.array(fc.constantFrom(...MARKDOWN), { maxLength: 12 }).map((parts) => parts.join(''));

/** The text that CommonMark shows for what we write, in which only escapes, links to themselves and line breaks are special. */
function shown(written: string): string {
  return written
    .replace(
      /\\([!-/:-@[-`{-~])|<(https?:[^\s<>]*)>/g,
      (_all, escaped?: string, address?: string) => escaped ?? address ?? '',
    )
    .replaceAll('\u200b', '')
    .replaceAll('\u00a0', ' ');
}

/** What is left of a line when escapes and links to themselves are taken away: only this could be Markdown. */
function bare(line: string): string {
  return line.replace(/\\[!-/:-@[-`{-~]/g, ' ').replace(/<https?:[^\s<>\\`]*>/g, ' ');
}

const asLines = (text: string) => text.split('\n').map((line) => line.trim().replace(/\s+/g, ' '));

describe('text in Markdown', () => {
  it.each([
    ['# no heading', '\\# no heading'],
    ['a *b* _c_ `d` ~e~ | f', 'a \\*b\\* \\_c\\_ \\`d\\` \\~e\\~ \\| f'],
    ['<script>alert(1)</script>', '\\<script\\>alert(1)\\</script\\>'],
    ['Fish &amp; Chips', 'Fish \\&amp; Chips'],
    ['[bank](https://evil.example)', '\\[bank\\](<https://evil.example>\\)'],
    ['> quoted', '\\> quoted'],
    ['1. one', '1\\. one'],
    ['12) twelve', '12\\) twelve'],
    ['- a', '\\- a'],
    ['---', '\\---'],
    ['===', '\\==='],
    ['C:\\temp', 'C:\\\\temp'],
    ['see https://example.com/a_b?c=*d*.', 'see <https://example.com/a_b?c=*d>\\*.'],
    ['(https://example.com/a_(b))', '(<https://example.com/a_(b)>\\)'],
    ['www.example.com, ftp://example.com', 'www\\.example.com, ftp\\://example.com'],
    ['mail bob@example.com', 'mail bob@example.com'],
    ['ask @bob', 'ask @\u200bbob'],
    ['(@bob)', '(@\u200bbob)'],
    ['order #12', 'order \\#\u200b12'],
    ['owner/repo#12 GH-3', 'owner/repo\\#\u200b12 GH-\u200b3'],
    ['\\[a]', '\\\\\\[a\\]'],
    // CommonMark 0.31, 5.2: more digits are no number of a list.
    ['123456789) a', '123456789\\) a'],
    ['1234567890) a', '1234567890) a'],
    ['. a', '\\. a'],
    ['a - b\n- c\n+ d', 'a - b\n\\- c\n\\+ d'],
    ['&{$1}', '\\&\\{\\$1\\}'],
    ['gh-2 xGH-3 GH- GH-', 'gh-\u200b2 xGH-3 GH- GH-\u200b'],
    ['#a #', '\\#a \\#\u200b'],
    ['@@1 é@a a@b 1@b @', '@@\u200b1 é@\u200ba a@b 1@b @\u200b'],
    ['wwwx WWW.x a:b', 'wwwx WWW\\.x a:b'],
    ['HTTPS://a.example/x xhttps://b.example/', '<HTTPS://a.example/x> xhttps\\://b.example/'],
    ['https:// https://[x http://a.example', 'https\\:// https\\://\\[x <http://a.example>'],
    ['http://a.example/a)b)', '<http://a.example/a)b>\\)'],
    ['(http://a.example/(a))', '(<http://a.example/(a)>\\)'],
    ['http://a.example/x"y', '<http://a.example/x>"y'],
    ['http://a.example/?x!', '<http://a.example/?x>!'],
    [`https://a.example/,;:!?'*_~)]}`, `<https://a.example/>,;:!?'\\*\\_\\~)\\]\\}`],
    ['https://a.example/..', '<https://a.example/>\\..'],
  ])('%j is written as %j', (text, written) => {
    expect(markdownInline(text)).toBe(written);
  });

  it('keeps its lines, its paragraphs and its indentation', () => {
    expect(markdownLines('a\n  b\n\n\tc\n   \nd  ')).toBe('a  \n\u00a0\u00a0b\n\n\u00a0\u00a0\u00a0\u00a0c\n\nd');
    expect(markdownLines('\n  - a\n')).toBe('\n\u00a0\u00a0\\- a\n');
    for (const depth of [40, 41]) expect(markdownLines(`${' '.repeat(depth)}a`)).toBe(`${'\u00a0'.repeat(40)}a`);
  });

  it('is shown as it was', () => {
    fc.assert(
      fc.property(fc.oneof(markdown, nastyText.map(legalText)), (text) => {
        expect(asLines(shown(markdownLines(text)))).toEqual(
          asLines(text.replaceAll('\u200b', '').replaceAll('\u00a0', ' ')),
        );
      }),
      runs(100),
    );
  });

  it('can be nothing but text', () => {
    fc.assert(
      fc.property(fc.oneof(markdown, nastyText.map(legalText)), (text) => {
        for (const line of markdownLines(text).split('\n')) {
          const rest = bare(line);
          expect(rest).not.toMatch(/[\\`*_{}[\]<>&$~|#]/);
          // At the start of a line, whatever stood before it: lists, headings' underlines, code by indentation.
          expect(line).not.toMatch(/^(?:[+\-=]|\d{1,9}[.)]|[ \t])/);
          expect(rest).not.toMatch(/(?<![A-Za-z0-9])@[A-Za-z0-9]/);
          expect(rest).not.toMatch(/:\/\/|www\./i);
        }
      }),
      runs(100),
    );
  });
});

describe('a link in Markdown', () => {
  it('shows its text, and goes where it is told', () => {
    expect(markdownLink('https://example.com/a)b', 'a [b](c)')).toBe('[a \\[b\\](c)](<https://example.com/a)b>)');
    expect(markdownLink('https://example.com/', 'https://example.com/')).toBe('<https://example.com/>');
    expect(markdownLink('https://example.com/', ' ')).toBe('<https://example.com/>');
    expect(markdownLink('mailto:a<b>\\ c', 'x\ny')).toBe('[x y](<mailto:a%3Cb%3E%5C%20c>)');
  });

  it('has a text of one line, in which nothing else is a link', () => {
    expect(markdownLink('https://example.com/', '  a  @b ')).toBe('[a @\u200bb](<https://example.com/>)');
    expect(markdownLink('https://example.com/', ' https://example.com/ ')).toBe('<https://example.com/>');
    expect(markdownLink('https://example.com/ <\\', 'https://example.com/ <\\')).toBe(
      '<https://example.com/%20%3C%5C>',
    );
  });

  it('cannot show another address as a link of its own', () => {
    expect(markdownLink('https://evil.example/', 'https://bank.example')).toBe(
      '[https\\://bank.example](<https://evil.example/>)',
    );
  });
});

describe('code in Markdown', () => {
  it.each([
    ['<b>', '`<b>`'],
    ['a\n\r\nb', '`a b`'],
    ['a`b', '``a`b``'],
    ['`a` ``b`` `c', '``` `a` ``b`` `c ```'],
    ['a``', '``` a`` ```'],
    ['``a', '``` ``a ```'],
    ['`', '`` ` ``'],
    // A space at each end is taken away again, one at one end is not.
    [' a ', '`  a  `'],
    [' a', '` a`'],
    ['a ', '`a `'],
    ['', ''],
    ['\n', ' '],
  ])('%j is written as %j', (code, written) => {
    expect(markdownCode(code)).toBe(written);
  });
});
