/** Reads a mail as a receiver does: unfolded and decoded headers (RFC 5322, RFC 2047), and the text (RFC 2045). */

/** A mail, read. */
export interface ReadMail {
  /** Every header line, in order: name in lower case, decoded value. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  header(name: string): string | undefined;
  /** The body's text; of several parts the first. */
  readonly text: string;
  /** The parts of a multipart mail, read the same way. */
  readonly parts: readonly ReadMail[];
}

/** Takes the mail with CRLF, as it is on the wire. */
export function readMail(raw: string): ReadMail {
  const end = raw.indexOf('\r\n\r\n');
  const headers = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .map(
      (line) =>
        [
          line.slice(0, line.indexOf(':')).toLowerCase(),
          decodedWords(line.slice(line.indexOf(':') + 1).trim()),
        ] as const,
    );
  const header = (name: string) => headers.find(([own]) => own === name)?.[1];
  const body = raw.slice(end + 4);
  const boundary = /boundary="([^"]+)"/.exec(header('content-type') ?? '')?.[1];
  const pieces = boundary === undefined ? [] : body.split(`--${boundary}`).slice(1, -1);
  const parts = pieces.map((part) => readMail(part.replace(/^\r\n/, '').replace(/\r\n$/, '')));
  const text = parts[0]?.text ?? decodedBody(body, header('content-transfer-encoding') ?? '7bit');
  return { headers, header, text, parts };
}

function decodedBody(body: string, encoding: string): string {
  const plain = (bytes: Buffer) => bytes.toString('utf8').replaceAll('\r\n', '\n');
  if (encoding === 'base64') return plain(Buffer.from(body, 'base64'));
  return plain(encoding === 'quoted-printable' ? quotedPrintable(body.replace(/=[ \t]*\r\n/g, '')) : Buffer.from(body));
}

function decodedWords(value: string): string {
  return value
    .replace(/(\?=)\s+(?==\?)/g, '$1')
    .replace(/(?:=\?utf-8\?[BQ]\?[^?]*\?=)+/gi, (words) =>
      Buffer.concat(
        Array.from(words.matchAll(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi), ([, kind = '', text = '']) =>
          kind.toUpperCase() === 'B' ? Buffer.from(text, 'base64') : quotedPrintable(text.replaceAll('_', ' ')),
        ),
      ).toString('utf8'),
    );
}

function quotedPrintable(text: string): Buffer {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_whole, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1');
}
