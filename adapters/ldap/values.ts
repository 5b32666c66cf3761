/** What directories keep in forms of their own: identifiers as bytes, and times. */

const GUID = /^\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$/i;
const SID = /^S-1-(\d{1,15})((?:-\d{1,10}){1,15})$/i;
// RFC 4517, 3.3.13. Minutes, seconds and a fraction may be missing; the zone may not, and Active Directory always says Z.
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)?)?(?:[.,](\d+))?(?:Z|([+-])(\d\d)(\d\d)?)$/;
// A file time counts 100 ns from the year 1601.
const FILE_TIME_OF_1970 = 116_444_736_000_000_000n;
const NEVER = 0x7fff_ffff_ffff_ffffn;

/**
 * The text of a GUID: the first three groups are little-endian, the others are not
 * (https://learn.microsoft.com/windows/win32/adschema/s-string-octet, MS-DTYP 2.3.4.2).
 */
export function guidText(bytes: Buffer): string | undefined {
  if (bytes.length !== 16) return undefined;
  const hex = Buffer.from(bytes);
  hex.subarray(0, 4).reverse();
  hex.subarray(4, 6).reverse();
  hex.subarray(6, 8).reverse();
  return hex.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** The bytes of a GUID, with or without dashes and braces; undefined for what is none. */
export function guidBytes(text: string): Buffer | undefined {
  const groups = GUID.exec(text);
  if (groups === null) return undefined;
  const bytes = Buffer.from(groups.slice(1).join(''), 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

/** The text of a security identifier: `S-1-5-21-…` (MS-DTYP 2.4.2). */
export function sidText(bytes: Buffer): string | undefined {
  const count = bytes[1];
  if (bytes[0] !== 1 || count === undefined || bytes.length !== 8 + 4 * count) return undefined;
  const parts = Array.from({ length: count }, (_, index) => bytes.readUInt32LE(8 + 4 * index));
  return ['S-1', bytes.readUIntBE(2, 6), ...parts].join('-');
}

/** The bytes of a security identifier; undefined for what is none. */
export function sidBytes(text: string): Buffer | undefined {
  const [, authority = '', rest = ''] = SID.exec(text) ?? [];
  const parts = rest.split('-').slice(1).map(Number);
  if (authority === '' || Number(authority) >= 2 ** 48 || parts.some((part) => part > 0xffff_ffff)) return undefined;
  const bytes = Buffer.alloc(8 + 4 * parts.length);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt8(parts.length, 1);
  bytes.writeUIntBE(Number(authority), 2, 6);
  for (const [index, part] of parts.entries()) bytes.writeUInt32LE(part, 8 + 4 * index);
  return bytes;
}

/** A file time; undefined for never, which is 0 or the highest number, and for what no date can hold. */
export function fileTime(text: string): Date | undefined {
  if (!/^-?\d{1,19}$/.test(text)) return undefined;
  const ticks = BigInt(text);
  if (ticks <= 0n || ticks >= NEVER) return undefined;
  return valid(new Date(Number((ticks - FILE_TIME_OF_1970) / 10_000n)));
}

/** A generalized time: `20261121093000.0Z`, `202611211030+0100`. */
export function generalizedTime(text: string): Date | undefined {
  const [matched, year, month, day, hour, minute = '00', second = '00', fraction = '0', sign, hours, minutes = '00'] =
    GENERALIZED_TIME.exec(text) ?? [];
  if (matched === undefined) return undefined;
  const zone = sign === undefined ? 'Z' : `${sign}${hours}:${minutes}`;
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
  return valid(new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${zone}`));
}

/** Whether a text is a generalized time with all its parts, in UTC, as servers write it: no number and no name looks so. */
export function isWholeTime(text: string): boolean {
  return /^\d{14}(?:\.\d+)?Z$/.test(text);
}

/** The generalized time of a date, to the second, in the form that Active Directory takes too. */
export function asGeneralizedTime(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace(/\D/g, '')}.0Z`;
}

/** The file time of a date, to the millisecond. */
export function asFileTime(date: Date): string {
  return String(BigInt(date.getTime()) * 10_000n + FILE_TIME_OF_1970);
}

/** A date that people write: the year 30828, which a file time can say too, means never. */
function valid(date: Date): Date | undefined {
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 ? undefined : date;
}
