/** The readers as a worker thread calls them: what cannot be read comes as data, since an error would lose its class. */
import { mergeParameters, type Parameters, parseForm, parseWholeForm, TooManyParameters } from './parameters.ts';
import { readPushedRequest } from './pushed-json.ts';
import { type PushedRequest, UnreadableRequest } from './pushed-request.ts';
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

/** {@link readPushedRequest} */
export function pushedRequestIn(body: Uint8Array): Reading<PushedRequest> {
  return reading(() => readPushedRequest(body));
}

/** {@link readWebhook}: every field, since of a webhook that was cut off nobody would know what is missing. */
export function webhookIn({ query, form, most }: SentWebhook): Reading<PushedRequest> {
  return reading(() => readWebhook(form === undefined ? query : mergeParameters(query, parseWholeForm(form, most))));
}

function reading<Value>(read: () => Value): Reading<Value> {
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
