/** The readers as a worker thread calls them: what cannot be read comes as data, since an error would lose its class. */
import { mergeParameters, type Parameters, parseForm, parseWholeForm, TooManyParameters } from './parameters.ts';
import { type PushedRequest, UnreadableRequest } from './pushed-request.ts';
import { MAX_TEXT, SHORT_TEXT, shortened } from './rough-text.ts';
import { readWebhook } from './webhook-form.ts';

/** What was read, or why nothing was. */
export type Reading<Value> =
  | { readonly value: Value; readonly unreadable?: undefined }
  | { readonly unreadable: string; readonly kind: 'no-request' | 'too-many' };

/** A webhook as it arrives. */
export interface SentWebhook {
  readonly query: Parameters;
  /** Undefined when it had no body. */
  readonly form: Uint8Array | undefined;
  /** So many fields of the form are read. */
  readonly most: number;
}

/** {@link parseForm} */
export function formIn(body: Uint8Array): Reading<Parameters> {
  return { value: parseForm(body) };
}

/** {@link readWebhook}: every field, since of a webhook that was cut off nobody would know what is missing. */
export function webhookIn({ query, form, most }: SentWebhook): Reading<PushedRequest> {
  const sent = () => (form === undefined ? query : mergeParameters(query, parseWholeForm(form, most)));
  return readingOf(() => cutRequest(readWebhook(sent())));
}

/** Characters of all texts together. */
const MAX_ALL = 4 * MAX_TEXT;
/** Room for the words about what is left out, so that they are not cut off again. */
const NOTICE = 100;

/**
 * The request with its texts cut, and said, at what a target gets of them in any case: to copy, keep and compare 15 MB
 * would hold up everybody. The newest notes count first.
 */
export function cutRequest({ fields, notes }: PushedRequest): PushedRequest {
  let left = MAX_ALL;
  const cut = (text: string): string => {
    if (text.length <= SHORT_TEXT) return text;
    const most = Math.min(MAX_TEXT - NOTICE, Math.max(SHORT_TEXT, left));
    left -= Math.min(text.length, most);
    return shortened(text, most);
  };
  const newest = notes.toReversed().map((note) => ({ ...note, text: cut(note.text), log: cut(note.log) }));
  const kept: Record<string, string> = Object.create(null);
  for (const name of Object.keys(fields)) kept[name] = cut(fields[name] ?? '');
  return { fields: kept, notes: newest.toReversed() };
}

/** What `read` gives, or the words with which it refuses. */
export function readingOf<Value>(read: () => Value): Reading<Value> {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof UnreadableRequest) return { unreadable: error.message, kind: 'no-request' };
    if (error instanceof TooManyParameters) {
      const words = `The webhook has ${error.message}, and the gateway reads no more; nothing was pushed`;
      return { unreadable: words, kind: 'too-many' };
    }
    throw error;
  }
}
