/** The Link header: https://www.rfc-editor.org/rfc/rfc8288#section-3 */

// A target in angle brackets, and parameters, whose values are tokens or quoted texts.
const LINK = /<([^<>]*)>((?:\s*;\s*[\w!#$%&'*+.^`|~-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]*))?)*)/g;
const RELATION = /;\s*rel\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]+))/i;
const MOST_CHARACTERS = 20_000;

/** The target of the first link with this relation, as it is written; undefined for none. */
export function linkTo(relation: string, header: string | undefined): string | undefined {
  for (const [, target = '', parameters = ''] of (header ?? '').slice(0, MOST_CHARACTERS).matchAll(LINK)) {
    const [, quoted, token] = RELATION.exec(parameters) ?? [];
    const relations = (quoted ?? token ?? '').toLowerCase().split(/\s+/);
    if (relations.includes(relation)) return target.trim();
  }
  return undefined;
}
