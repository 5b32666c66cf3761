/** What the answer to a push says. */

import { type PushReceipt, SourceError, UserError } from '../../src/contract/index.ts';
import type { HttpAnswer } from '../../src/kit/http/index.ts';
import { outsideAddress } from '../../src/kit/text/index.ts';
import {
  type Found,
  findIn,
  type Named,
  type Paths,
  type Search,
  textFrom,
  textsOfError,
  UrlTemplate,
  type Values,
} from '../../src/kit/web/index.ts';
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
   * @param signal ends the reading of a large answer
   * @throws {SourceError} when the answer is no success, or has no id where one should be
   */
  async receipt(answer: HttpAnswer, reference: string, values: Values, signal: AbortSignal): Promise<PushReceipt> {
    const { id, link, error, success } = this.#settings;
    // The words of an error come before what the format says: a service may answer one word of text.
    const ofError = error === undefined ? undefined : await this.#tried(answer, { error }, signal);
    refuseWords(ofError?.texts['error'], this.#system, answer);
    this.#refuseFailure(answer);
    const path = typeof id === 'string' ? id : undefined;
    const at = link === undefined || isAddress(link) ? undefined : link;
    const texts: Named = success?.at === undefined ? {} : { success: success.at };
    const isNeeded = [path, at, success?.at].some((one) => one !== undefined);
    const found = isNeeded
      ? await afterwards(this.find(answer, { texts, values: { id: path, link: at } }, signal))
      : undefined;
    this.#refuseOther(answer, found);
    const own = this.#idOf(answer, found) ?? reference;
    const target = link === undefined ? undefined : this.linkFor(link, own, textFrom(found?.values['link']), values);
    return target === undefined ? { id: own } : { id: own, link: target };
  }

  /** What an answer has. @throws what {@link findIn} throws */
  find(answer: HttpAnswer, wanted: Omit<Search, 'format'>, signal: AbortSignal): Promise<Found> {
    return findIn(answer, { ...wanted, format: this.#settings.format }, signal);
  }

  /** The words of a refusal at the place that the settings name; undefined for none. */
  wordsOf(answer: HttpAnswer): string | undefined {
    const { error, format } = this.#settings;
    const texts = error === undefined ? undefined : textsOfError(answer, error, format, this.#paths);
    return texts === undefined || texts.length === 0 ? undefined : texts.join('; ');
  }

  /** An address with places, or one that the answer has (`found`). Only what a browser opens is a link. */
  linkFor(link: string, id: string, found: string | undefined, values: Values): string | undefined {
    if (!isAddress(link)) {
      const text = found ?? '';
      return isAddress(text) ? outsideAddress(text)?.href : undefined;
    }
    const filled = new UrlTemplate(link).fill((name) => (name === 'id' ? id : values(name)));
    if (filled === undefined) return undefined;
    const url = new URL(filled.origin + filled.path);
    for (const [name, all] of Object.entries(filled.query)) for (const one of all) url.searchParams.append(name, one);
    return url.href;
  }

  /** Undefined for what is not in the format. */
  async #tried(answer: HttpAnswer, texts: Named, signal: AbortSignal): Promise<Found | undefined> {
    try {
      return await afterwards(this.find(answer, { texts }, signal));
    } catch (error) {
      if (signal.aborted || !(error instanceof SourceError)) throw error;
      return undefined;
    }
  }

  #refuseFailure(answer: HttpAnswer): void {
    const { status, text } = this.#settings.success ?? {};
    if (status !== undefined && !status.includes(answer.status))
      throw this.#noSuccess(answer, `status ${answer.status}`);
    if (text !== undefined && answer.text.trim() !== text) throw this.#noSuccess(answer, `not with ${text}`);
  }

  #refuseOther(answer: HttpAnswer, found: Found | undefined): void {
    const { at, is = true } = this.#settings.success ?? {};
    if (at === undefined) return;
    const texts = found?.texts['success'] ?? [];
    const told = texts.join('; ');
    if (told !== String(is)) {
      throw this.#noSuccess(answer, `${texts.length === 0 ? 'nothing' : answer.quoted(told)} at ${at}`);
    }
  }

  #noSuccess(answer: HttpAnswer, what: string): SourceError {
    const { words } = answer;
    const told = words === '' ? '' : `: ${words}`;
    return new SourceError('bad-response', `${this.#system} answered what is no success (${what})${told}`, {
      remedy: 'check the address, and success in the settings of the source',
    });
  }

  #idOf(answer: HttpAnswer, found: Found | undefined): string | undefined {
    const { id } = this.#settings;
    if (id === undefined) return undefined;
    const text = textFrom(typeof id === 'string' ? found?.values['id'] : headerId(id, answer));
    if (text !== undefined && text.length <= LONGEST_ID) return text;
    const where = typeof id === 'string' ? `at ${id}` : `in the header ${id.header}`;
    throw new SourceError('bad-response', `${this.#system} took the push, and answered without an id ${where}`, {
      remedy: 'check id in the settings of the source',
    });
  }
}

/** @throws {SourceError} `rejected` when there are texts where the settings say that an error is */
export function refuseWords(texts: readonly string[] = [], system: string, answer: HttpAnswer): void {
  if (texts.length > 0) throw new SourceError('rejected', `${system} answered: ${answer.quoted(texts.join('; '))}`);
}

/** The push has been taken: that its answer cannot be read is no refusal, after which it would be sent again. */
async function afterwards(finding: Promise<Found>): Promise<Found> {
  try {
    return await finding;
  } catch (error) {
    const isRefusal = error instanceof UserError || (error instanceof SourceError && error.kind === 'rate-limited');
    throw isRefusal ? new SourceError('bad-response', error.message) : error;
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
