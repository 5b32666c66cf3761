/** What the answer to a push says. */
import { type PushReceipt, SourceError } from '../../src/gateway/adapter.ts';
import type { HttpAnswer } from '../../src/upstream/http/client.ts';
import { type Part, type Paths, textsAt } from '../../src/upstream/web/paths.ts';
import type { Values } from '../../src/upstream/web/places.ts';
import { UrlTemplate } from '../../src/upstream/web/url-template.ts';
import { textFrom } from '../../src/upstream/web/values.ts';
import { isAddress, type Settings } from './settings.ts';

/** An id is stored, and stands in addresses. */
const LONGEST_ID = 2_000;

/** Reads answers to pushes. */
export class Answers {
  readonly #settings: Settings;
  readonly #paths: Paths;
  readonly #system: string;

  constructor(settings: Settings, paths: Paths, system: string) {
    this.#settings = settings;
    this.#paths = paths;
    this.#system = system;
  }

  /**
   * @param values of the push, for the link
   * @throws {SourceError} when the answer is no success, or has no id where one should be
   */
  receipt(answer: HttpAnswer, reference: string, values: Values): PushReceipt {
    this.#refuseFailure(answer);
    const id = this.#idOf(answer) ?? reference;
    const { link } = this.#settings;
    const found = link === undefined ? undefined : this.linkFor(link, id, () => this.#paths.read(answer), values);
    return found === undefined ? { id } : { id, link: found };
  }

  /** The words of an answer at the place that the settings name; undefined for none. */
  wordsOf(answer: HttpAnswer): string | undefined {
    const { error } = this.#settings;
    if (error === undefined) return undefined;
    try {
      return this.#textAt(error, this.#paths.read(answer));
    } catch {
      // It is not in the format: a proxy's page, or one word of text.
      return undefined;
    }
  }

  /** An address with places, or one that the answer has. Only what a browser opens is a link. */
  linkFor(link: string, id: string, read: () => Part, values: Values): string | undefined {
    if (!isAddress(link)) {
      const text = textFrom(this.#paths.one(link, read())) ?? '';
      return isAddress(text) && URL.canParse(text) ? new URL(text).href : undefined;
    }
    const filled = new UrlTemplate(link).fill((name) => (name === 'id' ? id : values(name)));
    if (filled === undefined) return undefined;
    const url = new URL(filled.origin + filled.path);
    for (const [name, all] of Object.entries(filled.query)) for (const one of all) url.searchParams.append(name, one);
    return url.href;
  }

  #refuseFailure(answer: HttpAnswer): void {
    const words = this.wordsOf(answer);
    if (words !== undefined) throw new SourceError('rejected', `${this.#system} answered: ${answer.quoted(words)}`);
    const { status, text, at, is = true } = this.#settings.success ?? {};
    if (status !== undefined && !status.includes(answer.status))
      throw this.#noSuccess(answer, `status ${answer.status}`);
    if (text !== undefined && answer.text.trim() !== text) throw this.#noSuccess(answer, `not with ${text}`);
    if (at === undefined) return;
    const found = this.#textAt(at, this.#paths.read(answer));
    if (found !== String(is))
      throw this.#noSuccess(answer, `${found === undefined ? 'nothing' : answer.quoted(found)} at ${at}`);
  }

  #noSuccess(answer: HttpAnswer, what: string): SourceError {
    const { words } = answer;
    const told = words === '' ? '' : `: ${words}`;
    return new SourceError('bad-response', `${this.#system} answered what is no success (${what})${told}`, {
      remedy: 'check the address, and success in the settings of the source',
    });
  }

  #idOf(answer: HttpAnswer): string | undefined {
    const { id } = this.#settings;
    if (id === undefined) return undefined;
    const found = typeof id === 'string' ? this.#paths.one(id, this.#paths.read(answer)) : headerId(id, answer);
    const text = textFrom(found);
    if (text !== undefined && text.length <= LONGEST_ID) return text;
    const where = typeof id === 'string' ? `at ${id}` : `in the header ${id.header}`;
    throw new SourceError('bad-response', `${this.#system} took the push, and answered without an id ${where}`, {
      remedy: 'check id in the settings of the source',
    });
  }

  /** All that stands at a path, as one text; what says that there is no error says nothing. */
  #textAt(path: string, document: Part): string | undefined {
    const texts = textsAt(this.#paths, path, document);
    return texts.length === 0 ? undefined : texts.join('; ');
  }
}

function headerId(
  id: { readonly header: string; readonly take: 'whole' | 'last' },
  answer: HttpAnswer,
): string | undefined {
  const value = answer.header(id.header);
  if (value === undefined || id.take === 'whole') return value;
  const last = value
    .replace(/[?#].*$/s, '')
    .split('/')
    .findLast((segment) => segment !== '');
  try {
    return last === undefined ? undefined : decodeURIComponent(last);
  } catch {
    return last;
  }
}
