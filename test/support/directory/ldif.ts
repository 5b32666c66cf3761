/** Entries as LDIF (RFC 2849) and distinguished names (RFC 4514). */

/** A value that is absent is left out; a Buffer is written as its bytes. */
export type EntryValue = string | number | Buffer | undefined | readonly (string | number | Buffer)[];

/** One entry as it is added. */
export interface Entry {
  readonly dn: string;
  readonly attributes: Readonly<Record<string, EntryValue>>;
}

/** All entries as one LDIF text. Everything but the names is base64, which needs no rules about what is safe. */
export function ldifOf(entries: readonly Entry[]): string {
  return entries.map(entryLdif).join('\n');
}

function entryLdif({ dn, attributes }: Entry): string {
  const lines = [attributeLine('dn', dn)];
  for (const [name, value] of Object.entries(attributes)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) lines.push(attributeLine(name, one));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** One line: `name:: base64`. */
export function attributeLine(name: string, value: string | number | Buffer): string {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value), 'utf8');
  return `${name}:: ${bytes.toString('base64')}`;
}

/** The value of a distinguished name's part, escaped as RFC 4514, section 2.4, asks. */
export function escapeDn(value: string): string {
  return value
    .replaceAll(/[\\"+,;<>=]/g, (character) => `\\${character}`)
    .replace(/^[# ]/, (character) => `\\${character}`)
    .replace(/ $/, '\\ ');
}
