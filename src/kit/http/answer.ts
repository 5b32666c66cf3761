/** An answer as callers get it. */
import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { SourceError } from '../../contract/index.ts';
import { decodedText } from '../text/index.ts';
import type { Incoming } from './exchange.ts';
import type { HttpAnswer, HttpClientOptions } from './types.ts';
import { oneLine, usualWords } from './words.ts';
import { parseXml, type XmlElement } from './xml.ts';
import { XmlMistake } from './xml-mistake.ts';

type Decompress = (bytes: Buffer, limit: { maxOutputLength: number }) => Promise<Buffer>;

const inflated = promisify(inflate);
const inflatedRaw = promisify(inflateRaw);

const DECOMPRESSORS: Readonly<Record<string, Decompress>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  // RFC 9110, 8.4.1.2: "Some non-conformant implementations send the deflate compressed data without the zlib wrapper."
  deflate: (bytes, limit) => (isZlib(bytes) ? inflated(bytes, limit) : inflatedRaw(bytes, limit)),
  br: promisify(brotliDecompress),
};

/** RFC 1950, 2.2: method 8, and the first two bytes as a number are a multiple of 31. */
function isZlib(bytes: Buffer): boolean {
  return bytes.length >= 2 && ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
}

/** What an answer needs to know of its request. */
export interface AnsweredRequest {
  readonly system: string;
  /** The request in messages: "GET /people.json". */
  readonly what: string;
  readonly maxBytes: number;
  readonly errorText: HttpClientOptions['errorText'];
  /** A text without secrets. */
  readonly discreet: (text: string) => string;
}

/**
 * Answers come uncompressed, since that is what is asked for; a system that
 * compresses all the same is understood, within the limit.
 * @throws {SourceError} `bad-response`
 */
export async function readAnswer({ status, headers, bytes }: Incoming, question: AnsweredRequest): Promise<HttpAnswer> {
  const { system, maxBytes } = question;
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const plain = await decompressed(bytes, encoding, system, maxBytes);
  return new Answer(status, headers, plain, question);
}

async function decompressed(bytes: Buffer, encoding: string, system: string, maxBytes: number): Promise<Buffer> {
  if (encoding === 'identity' || encoding === '' || bytes.length === 0) return bytes;
  const decompress = Object.hasOwn(DECOMPRESSORS, encoding) ? DECOMPRESSORS[encoding] : undefined;
  if (decompress === undefined) {
    throw new SourceError('bad-response', `${system} answered in the encoding "${encoding.slice(0, 40)}", unasked`);
  }
  try {
    return await decompress(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(system, maxBytes);
    throw new SourceError('bad-response', `${system} gave an answer that cannot be decompressed (${encoding})`);
  }
}

/** An answer over the limit: half of the question has one of half the size. */
export class AnswerTooLarge extends SourceError {}

/** The answer is over the limit. */
export function tooLarge(system: string, maxBytes: number): SourceError {
  const megabytes = Math.round(maxBytes / 100_000) / 10;
  return new AnswerTooLarge('bad-response', `${system} gave an answer of more than ${megabytes} MB; it was not read`, {
    lasting: true,
    remedy: 'make the question narrower, or the pages smaller',
  });
}

class Answer implements HttpAnswer {
  readonly status: number;
  readonly bytes: Uint8Array;
  readonly #headers: IncomingHttpHeaders;
  readonly #question: AnsweredRequest;
  #text: string | undefined;

  constructor(status: number, headers: IncomingHttpHeaders, bytes: Uint8Array, question: AnsweredRequest) {
    this.status = status;
    this.#headers = headers;
    this.bytes = bytes;
    this.#question = question;
  }

  header(name: string): string | undefined {
    const value = this.#headers[name.toLowerCase()];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  get text(): string {
    if (this.#text !== undefined) return this.#text;
    const named = encodingsNamed(this.bytes, this.header('content-type'));
    const text = decodedText(this.bytes, named);
    if (text === undefined) throw this.#notEncoded(named);
    this.#text = text;
    return text;
  }

  get words(): string {
    try {
      return this.quoted(this.#question.errorText?.(this) ?? usualWords(this));
    } catch (error) {
      // A refusal that cannot be read is still a refusal.
      if (error instanceof SourceError) return '';
      throw error;
    }
  }

  quoted(text: string): string {
    // On one line afterwards: a secret may have spaces in it.
    return oneLine(this.#question.discreet(text));
  }

  json(): unknown {
    try {
      // PHP files saved with a byte order mark send it in front of what they answer.
      return JSON.parse(this.text.trimStart());
    } catch (error) {
      throw error instanceof SourceError ? error : this.unreadable('JSON', '');
    }
  }

  xml(): XmlElement {
    try {
      return parseXml(this.text);
    } catch (error) {
      if (error instanceof XmlMistake) throw this.unreadable('XML', `: ${error.message}`);
      throw error;
    }
  }

  unreadable(format: 'JSON' | 'XML', why: string): SourceError {
    const type = this.header('content-type')?.split(';')[0]?.slice(0, 80) ?? 'no content type';
    const size = `${type}, ${this.bytes.length} bytes`;
    const { system, what, discreet } = this.#question;
    const message = discreet(`${system} answered ${what} with what is no ${format} (${size})${why}`);
    return new SourceError('bad-response', message, {
      remedy: 'check the address, and that neither a proxy nor a sign-in page answers in its place',
    });
  }

  #notEncoded(named: readonly string[]): SourceError {
    const { system, what, discreet } = this.#question;
    const words = `${system} answered ${what} with bytes that are not in the encoding that it names (${named.join(', ')})`;
    return new SourceError('bad-response', discreet(words), {
      remedy: 'have the system name the encoding that it writes',
    });
  }

  notReadInTime(): SourceError {
    const kilobytes = Math.ceil(this.bytes.length / 1000);
    const { system, what, discreet } = this.#question;
    const words = `${system} answered ${what}, but its answer of ${kilobytes} kB could not be read in time`;
    return new SourceError('bad-response', discreet(words), {
      remedy: 'make the question narrower, the pages smaller or the paths in the settings simpler',
    });
  }
}

/** The encodings that the content type and an XML declaration name. */
function encodingsNamed(bytes: Uint8Array, type = ''): readonly string[] {
  const start = Buffer.from(bytes.subarray(0, 200)).toString('latin1').trimStart();
  const names = [
    /charset\s*=\s*["']?([\w.:-]+)/i.exec(type)?.[1],
    /^<\?xml[^>]*encoding\s*=\s*["']([\w.:-]+)/.exec(start)?.[1],
  ];
  return names.filter((name) => name !== undefined);
}
