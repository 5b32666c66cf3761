/** Texts as people read them, from the languages in which systems keep them. What is markup and should be text throws. */

/** Jira Cloud's documents: https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/ */
export function readAdf(node: unknown): string {
  const { type, text, content } = Object(node);
  if (type === 'text') return String(text);
  if (type === 'hardBreak') return '\n';
  const inner: unknown[] = Array.isArray(content) ? content : [];
  return inner.map(readAdf).join('') + (type === 'paragraph' ? '\n\n' : '');
}

/**
 * Wiki markup of Jira Data Center: a backslash makes the sign behind it text.
 * https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
 */
export function readWiki(markup: string): string {
  // `[https://example.com]` is a link to itself.
  const text = markup.replace(/(?<!\\)\[(https?:\/\/[^\]\s|]+)\]/g, (_link, address: string) => escaped(address));
  refuse(/(?<!\\)[{}[\]!*_^|~]/, text);
  return text
    .replace(/\\(?=[^\p{L}\p{N}\s])/gu, '')
    .replaceAll('&#92;', '\\')
    .replaceAll('&amp;', '&');
}

/**
 * GitHub's Markdown (CommonMark 2.4): a backslash makes the sign behind it text. Mentions and references are looked for
 * in the finished page: an invisible character keeps them apart.
 */
export function readMarkdown(markdown: string): string {
  const text = markdown
    .replace(/<!-- helpspot: hs-[\w-]+ -->$/, '')
    .replace(/(?<!\\)\[((?:\\.|[^\]\\])*)\]\(<(https?:\/\/[^<>\s]+)>\)/g, (_link, label: string, address: string) => {
      return `${label} ${escaped(address)}`;
    })
    .replace(/(?<!\\)<(https?:\/\/[^<>\s]+)>/g, (_link, address: string) => escaped(address))
    // What was bold in the note, and the list of attachments.
    .replace(/(?<!\\)\*\*/g, '')
    .replace(/^- /gm, '\\- ');
  refuse(/(?<!\\)[<>`*_[\]]|^(?:#|-|\d+\.)|(?<!\w)@\w|(?<!\w|\\)#\d/m, text);
  return text.replace(/\\(?=[!-/:-@[-`{-~])/g, '');
}

function escaped(address: string): string {
  return address.replace(/[^\p{L}\p{N}]/gu, '\\$&');
}

function refuse(markup: RegExp, text: string): void {
  const found = markup.exec(text);
  if (found === null) return;
  const around = text.slice(Math.max(0, found.index - 20), found.index + 20);
  throw new Error(`"${found[0]}" is markup in: ${around}`);
}
