/** Node sets that were replaced give what those of the library give: a fresh copy of it, which nothing has touched, tells. */

import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { parseXml } from '../../../src/kit/http/xml.ts';
import { pathsOf } from '../../../src/kit/web/path-formats.ts';

const paths = await pathsOf('xml');

/** The library as it comes, loaded a second time. */
function untouched(): { parse(path: string): { select(options: object): unknown[] } } {
  const require = createRequire(import.meta.url);
  const file = require.resolve('xpath');
  delete require.cache[file];
  const library = require(file);
  delete require.cache[file];
  return library;
}

const DOCUMENT = `<r a="1" b="2">x<!-- c --><p n="1"><q>1</q><q>2</q>text<q m="3">3</q></p><p n="2" k="v"/>
  <p n="3"><q>4</q><r><q>5</q><q>6</q></r></p>${'<s><q/></s>'.repeat(12)}<?pi x?><p>y</p></r>`;

describe('node sets', () => {
  const root = parseXml(DOCUMENT).node;
  const library = untouched();

  it.each([
    ...['p', '//q', '//*', '//@*', '//node()', '//q | p | //@n', 'p[last()] | p[1]', '(//q)[3]', '(//q)[last()]'],
    ...[
      'p/q[2]',
      '//q/..',
      '//q/ancestor::*',
      '//q/ancestor::*[1]',
      '//q[3]/preceding::q',
      's[3]/preceding-sibling::*',
    ],
    ...['s[3]/preceding-sibling::*[2]', 'p[2]/following-sibling::*', 'p[2]/following::node()', 'p[q = 4]', 'p[@n > 1]'],
    ...['s/q/../../p', '//namespace::*', '/', '/r', '.', '@*', 'p/@n | p | p/q/text()', 'p[count(q) = 3]', 'none'],
  ])('at %s are the same nodes in the same order', (path) => {
    const known = library.parse(path).select({ node: root, allowAnyNamespaceForNoPrefix: true });
    const found = paths.all(path, root);
    expect(found).toHaveLength(known.length);
    // Namespaces are made anew for each question.
    if (!path.includes('namespace')) for (const [index, node] of known.entries()) expect(found[index]).toBe(node);
  });

  it.each(['string(//q)', 'concat(p/q, "-", //@k)', 'count(//q | //q)', 'sum(//@n)', 'name(//q/..)', 'p/q = s/q'])(
    'of which %s makes the same value',
    (path) => {
      const expression: unknown = library.parse(path);
      const evaluated: unknown = Reflect.apply(Reflect.get(Object(expression), 'evaluate'), expression, [
        { node: root, allowAnyNamespaceForNoPrefix: true },
      ]);
      expect(String(paths.one(path, root))).toBe(String(evaluated));
    },
  );
});
