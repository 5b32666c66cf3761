/** The templates of `new-adapter`: TypeScript that is compiled and tested as it stands; names are put in, and pushes taken out. */

/** As the templates have it. */
const NAME = 'my-system';
const TITLE = 'My system';

/** Behind a line that is there with `--push` only. */
const MARK = '// --push';

/** A template with what pushes need, or without; the marks are gone in both. */
export function cutTemplate(text: string, pushes: boolean): string {
  const lines = text.split('\n').flatMap((line) => {
    if (!line.endsWith(MARK)) return [line];
    return pushes ? [line.slice(0, -MARK.length).trimEnd()] : [];
  });
  return lines.join('\n');
}

/** The same for an adapter of this name: `acme-crm` is shown as "Acme crm". */
export function forAdapter(text: string, name: string): string {
  const words = name.replaceAll('-', ' ');
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return text.replaceAll(NAME, () => name).replaceAll(TITLE, () => title);
}
