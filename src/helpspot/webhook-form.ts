/**
 * A HelpSpot webhook (manual, chapter 6): the request's fields as a form. The note that set it off comes among them
 * (`tNote`); some versions send the history too, as PHP writes nested arrays: `request_history[236][tNote]`.
 */
import type { Parameters } from './parameters.ts';
import { phpText } from './php-values.ts';
import { readHistory } from './pushed-history.ts';
import { noteAmong } from './pushed-json.ts';
import { type PushedRequest, UnreadableRequest } from './pushed-request.ts';

/** `request_history[236][tNote]`, `request_history[236][file][0][sFilename]`. */
const HISTORY = /^request_history\[(\d+)\]\[(\w+)\](?:\[(\d+)\]\[(\w+)\])?$/;

interface Entry {
  readonly fields: Map<string, string>;
  readonly files: Map<string, Map<string, string>>;
}

/**
 * Reads the form of a webhook.
 * @throws {UnreadableRequest} when it holds no field at all
 */
export function readWebhook(parameters: Parameters): PushedRequest {
  const fields: Record<string, string> = Object.create(null);
  const history = new Map<string, Entry>();
  for (const name of Object.keys(parameters)) {
    // An empty history, or what is no history: no field that a template could name.
    if (name === 'request_history') continue;
    const value = parameters[name] ?? '';
    const [, id, field, file, fileField] = HISTORY.exec(name) ?? [];
    if (id === undefined || field === undefined) fields[name] = phpText(value);
    else add(history, id, field, file, fileField, value);
  }
  const sent = Object.fromEntries(Array.from(history, ([id, entry]) => [id, plain(entry)]));
  const notes = readHistory(sent);
  return refusedWhenEmpty({ fields, notes: notes.length > 0 ? notes : noteAmong(fields) });
}

/** A webhook that says something. @throws {UnreadableRequest} */
export function refusedWhenEmpty(request: PushedRequest): PushedRequest {
  if (Object.keys(request.fields).length > 0 || request.notes.length > 0) return request;
  throw new UnreadableRequest(
    'The webhook holds no field; HelpSpot sends the request as a form: xRequest, sTitle, tNote …',
  );
}

function add(
  history: Map<string, Entry>,
  id: string,
  field: string,
  file: string | undefined,
  fileField: string | undefined,
  value: string,
): void {
  const entry = history.get(id) ?? { fields: new Map(), files: new Map() };
  history.set(id, entry);
  if (file === undefined || fileField === undefined) {
    entry.fields.set(field, value);
  } else if (field === 'file') {
    const fields = entry.files.get(file) ?? new Map<string, string>();
    entry.files.set(file, fields.set(fileField, value));
  }
}

function plain({ fields, files }: Entry): object {
  const file = Array.from(files.values(), (one) => Object.fromEntries(one));
  return { ...Object.fromEntries(fields), file };
}
