/** What the errors of Node.js and of libraries say. */

/** The code of an error (`ECONNREFUSED`); '' for none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Its words. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A server's words behind a message of ours, on one line and not endless: ` (words)`; '' for none. */
export function quotedWords(words: string): string {
  const line = words.replace(/\s+/g, ' ').trim();
  return line === '' ? '' : ` (${line.length > 200 ? `${line.slice(0, 200)}…` : line})`;
}
