/** What `docs/console.md` says of the console, for tests that compare it with what is there. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const DOCS = resolve(import.meta.dirname, '../../../docs');
/** Of the page: where the pictures of it are. */
export const PICTURES = join(DOCS, 'images');

/** The page. */
export function consoleDocs(): string {
  return readFileSync(join(DOCS, 'console.md'), 'utf8');
}

/** Its headings of the second level. */
export function chaptersOfConsole(): readonly string[] {
  return Array.from(consoleDocs().matchAll(/^## (.+)$/gm), ([, heading = '']) => heading);
}

/** The pictures it shows. */
export function picturesOfConsole(): readonly { readonly alt: string; readonly file: string }[] {
  const found = consoleDocs().matchAll(/!\[([^\]]*)\]\(images\/([^)]+)\)/g);
  return Array.from(found, ([, alt = '', file = '']) => ({ alt, file }));
}
