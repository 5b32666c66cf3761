/** What the answer to a push says. */

import { type PushReceipt, SourceError, UserError } from '../../src/contract/index.ts';
import { type HttpAnswer, told } from '../../src/kit/http/index.ts';
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
import { isAddress, pathIn, type Settings } from './settings.ts';

/** An id is stored, and stands in addresses. */
const LONGEST_ID = 2_000;

/** Reads answers of one system. */
export type Answers = ReturnType<typeof createAnswers>;

/** @param system its host, for messages */
export function createAnswers({ id, link, error, success, format }: Settings, paths: Paths, system: string) {
  const path = typeof id === 'string' ? id : undefined;
  const linkPath = pathIn(link);

  const noSuccess = (answer: HttpAnswer, what: string) =>
    new SourceError('bad-response', `${system} answered what is no success (${what})${told(answer)}`, {
      lasting: true,
      remedy: 'check the address, and success in the settings of the source',
    });

  function refuseFailure(answer: HttpAnswer): void {
    const { status, text } = success ?? {};
    if (status !== undefined && !status.includes(answer.status)) throw noSuccess(answer, `status ${answer.status}`);
    if (text !== undefined && answer.text.trim() !== text) throw noSuccess(answer, `not with ${text}`);
  }

  function refuseOther(answer: HttpAnswer, texts: readonly string[] = []): void {
    const { at, is = true } = success ?? {};
    const words = texts.join('; ');
    if (at === undefined || words === String(is)) return;
    throw noSuccess(answer, `${texts.length === 0 ? 'nothing' : answer.quoted(words)} at ${at}`);
  }

  /** Undefined where the settings name no id. */
  function idOf(answer: HttpAnswer, found: Found | undefined): string | undefined {
    if (id === undefined) return undefined;
    const text = textFrom(typeof id === 'string' ? found?.values['id'] : headerId(id, answer));
    if (text !== undefined && text.length <= LONGEST_ID) return text;
    const where = typeof id === 'string' ? `at ${id}` : `in the header ${id.header}`;
    throw new SourceError('bad-response', `${system} took the push, and answered without an id ${where}`, {
      lasting: true,
      remedy: 'check id in the settings of the source',
    });
  }

  const answers = {
    /**
     * @param values of the push, for the link
     * @param signal ends the reading of a large answer
     * @throws {SourceError} when the answer is no success, or has no id where one should be
     */
    async receipt(answer: HttpAnswer, reference: string, values: Values, signal: AbortSignal): Promise<PushReceipt> {
      // The words of an error come before what the format says: a service may answer one word of text.
      const ofError =
        error === undefined ? undefined : await tried(answers.find(answer, { texts: { error } }, signal), signal);
      refuseWords(ofError?.texts['error'], system, answer);
      refuseFailure(answer);
      const texts: Named = success?.at === undefined ? {} : { success: success.at };
      const isNeeded = [path, linkPath, success?.at].some((one) => one !== undefined);
      const wanted = { texts, values: { id: path, link: linkPath } };
      const found = isNeeded ? await afterwards(answers.find(answer, wanted, signal)) : undefined;
      refuseOther(answer, found?.texts['success']);
      const own = idOf(answer, found) ?? reference;
      return { id: own, link: linkFor(link, own, found, values) };
    },

    /** What an answer has. @throws what {@link findIn} throws */
    find(answer: HttpAnswer, wanted: Omit<Search, 'format'>, signal: AbortSignal): Promise<Found> {
      return findIn(answer, { ...wanted, format }, signal);
    },

    /** The words of a refusal at the place that the settings name; undefined for none. */
    wordsOf(answer: HttpAnswer): string | undefined {
      const texts = error === undefined ? undefined : textsOfError(answer, error, format, paths);
      return texts?.length ? texts.join('; ') : undefined;
    },
  };
  return answers;
}

/**
 * An address with places, or one that the answer has at `link`. Only what a browser opens is a link.
 * @param link of the settings
 */
export function linkFor(link: string | undefined, id: string, found: Found | undefined, values: Values) {
  if (link === undefined) return undefined;
  if (!isAddress(link)) {
    const text = textFrom(found?.values['link']) ?? '';
    return isAddress(text) ? outsideAddress(text)?.href : undefined;
  }
  const filled = new UrlTemplate(link).fill((name) => (name === 'id' ? id : values(name)));
  if (filled === undefined) return undefined;
  const url = new URL(filled.origin + filled.path);
  for (const [name, all] of Object.entries(filled.query)) for (const one of all) url.searchParams.append(name, one);
  return url.href;
}

/** @throws {SourceError} `rejected` when there are texts where the settings say that an error is */
export function refuseWords(texts: readonly string[] = [], system: string, answer: HttpAnswer): void {
  if (texts.length === 0) return;
  const said = answer.quoted(texts.join('; '));
  throw new SourceError('rejected', `${system} answered: ${said}`, { said });
}

/** Undefined for what is not in the format. */
async function tried(finding: Promise<Found>, signal: AbortSignal): Promise<Found | undefined> {
  try {
    return await afterwards(finding);
  } catch (error) {
    if (signal.aborted || !(error instanceof SourceError)) throw error;
    return undefined;
  }
}

/** The push has been taken: that its answer cannot be read is no refusal, after which it would be sent again. */
async function afterwards(finding: Promise<Found>): Promise<Found> {
  try {
    return await finding;
  } catch (error) {
    if (!(error instanceof UserError) && !(error instanceof SourceError)) throw error;
    if (error instanceof UserError) throw new SourceError('bad-response', error.message, { lasting: true });
    const { kind, message, remedy, staffWords } = error;
    throw new SourceError(kind === 'rate-limited' ? 'bad-response' : kind, message, {
      lasting: true,
      remedy,
      staffWords,
    });
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
