/**
 * HelpSpot shows values inside a table of its own. A `<td>` outside a table, or a table directly within a table, would
 * close HelpSpot's cell and break its page, though nothing in it is dangerous.
 */

/** One tag of a sanitiser's output, in which tags are balanced and `>` in attributes is escaped. */
const TABLE_TAG = /<(\/?)(table|thead|tbody|tfoot|tr|td|th)(?:\s[^<>]*)?>/g;

/** Where each part may stand: directly within which other kept part (`''`: outside any table). */
const PARENTS: Readonly<Record<string, readonly string[]>> = {
  table: ['', 'td', 'th'],
  thead: ['table'],
  tbody: ['table'],
  tfoot: ['table'],
  tr: ['table', 'thead', 'tbody', 'tfoot'],
  td: ['table', 'thead', 'tbody', 'tfoot', 'tr'],
  th: ['table', 'thead', 'tbody', 'tfoot', 'tr'],
};

/** Drops the tags of table parts that stand where a browser would close an outer table for them; their content stays. */
export function insideOwnTables(html: string): string {
  const open: { readonly name: string; readonly kept: boolean; readonly parent: string }[] = [];
  let within = '';
  return html.replace(TABLE_TAG, (tag, slash: string, name: string) => {
    if (slash === '') {
      const kept = PARENTS[name]?.includes(within) ?? false;
      open.push({ name, kept, parent: within });
      if (kept) within = name;
      return kept ? tag : ' ';
    }
    const opened = open.pop();
    if (opened === undefined) return ' ';
    within = opened.parent;
    return opened.kept ? tag : ' ';
  });
}
