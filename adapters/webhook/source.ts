/** A web hook that takes pushes. */
import { type Details, type PushRequest, type Services, type Source, SourceError } from '../../src/contract/index.ts';
import { createHttpClient, type HttpAnswer, type HttpClient, told } from '../../src/kit/http/index.ts';
import {
  type Auth,
  type AuthSetting,
  asItIs,
  bodiesOf,
  type FilledRequest,
  openAuth,
  pathsOf,
  RequestTemplate,
  refuseMistakes,
  sendable,
  textFrom,
  UrlTemplate,
  type Values,
} from '../../src/kit/web/index.ts';
import { type Answers, createAnswers, linkFor, refuseWords } from './answers.ts';
import { type DetailsSetting, pathIn, type Settings } from './settings.ts';
import { signatureHeaders } from './signature.ts';
import { standardHeaders } from './standard.ts';

/** What is sent when the settings name no body. */
const USUAL_JSON = {
  title: '{{title}}',
  body: '{{body}}',
  link: '{{link}}',
  reference: '{{reference}}',
  request: '{{xRequest}}',
  customer: { id: '{{sUserId}}', name: '{{fullname}}', email: '{{sEmail}}', phone: '{{sPhone}}' },
};

/** Standard Webhooks, "Delivery success and failure": nobody wants web hooks at this address any more. */
const GONE = 410;
const ANY_STATUS = Array.from({ length: 400 }, (_, index) => 200 + index);

/** Opens a source. Nothing is sent. @throws {UserError} for a path that cannot be read */
export async function openHook(settings: Settings, { name, resolve, log }: Services): Promise<Source> {
  const { method, check, details, idempotencyHeader, signature, success } = settings;
  const paths = await pathsOf(settings.format);
  refuseMistakes(paths, pathsIn(settings), name);
  const url = new UrlTemplate(settings.url);
  const { host: system } = new URL(url.origin);
  const answers = createAnswers(settings, paths, system);
  const open = (auth: AuthSetting | undefined) => openAuth(auth, { settings, resolve, log });
  const clientTo = (baseUrl: string, { authorize }: Auth, secretAddress: boolean, credentials: readonly string[]) => {
    const told = { system: new URL(baseUrl).host, errorText: answers.wordsOf, secretAddress };
    return createHttpClient({ baseUrl, settings, resolve, log, authorize, credentials, ...told });
  };
  const hasBody = bodiesOf(settings).length > 0;
  // Where a place is in the address, it may be one thing of many that is gone.
  const isOneAddress = !JSON.stringify([settings.url, settings.query ?? {}]).includes('{{');
  const template = new RequestTemplate(url, hasBody ? settings : { ...settings, json: USUAL_JSON });
  const auth = open(settings.auth);
  // Of many hooks the address is all that tells whose it is.
  const account = [settings.url, JSON.stringify(settings.auth ?? '')];
  const client = clientTo(url.origin, auth, true, account);
  const closing: { close(): Promise<void> }[] = [client, auth];

  function detailsFrom(setting: DetailsSetting): NonNullable<Source['details']> {
    const { origin } = new UrlTemplate(setting.url);
    // Credentials go to the host for which they were written, and to no other.
    const isSame = setting.auth === undefined && origin === url.origin;
    const own = isSame ? auth : open(setting.auth);
    const other = clientTo(origin, own, false, isSame ? account : [JSON.stringify(setting.auth ?? '')]);
    closing.push(other, own);
    return openDetails(setting, other, own, answers, settings.error);
  }

  async function filledWith(values: Values): Promise<FilledRequest> {
    const filled = await template.fill(values, settings.escape === 'slack' ? forSlack : asItIs);
    if (filled !== undefined) return filled;
    throw new SourceError('rejected', `the address of ${system} has a place without a value in this request`, {
      unsent: true,
      remedy: 'give the place a value under fields of the push target',
    });
  }

  return {
    /** A web hook has no question that does nothing: without an address to ask, only the host is tried. */
    async check({ signal, reference }) {
      if (check === undefined) await client.request({ path: `${url.origin}/`, expect: ANY_STATUS, reference }, signal);
      else await client.request({ path: check, query: auth.query, reference }, signal);
    },

    async push(request, { signal, reference }) {
      const values = valuesOf(request);
      const filled = await filledWith(values);
      const now = Math.floor(Date.now() / 1000);
      const named = {
        ...filled.headers,
        ...(idempotencyHeader === undefined ? {} : { [idempotencyHeader.toLowerCase()]: request.reference }),
        ...(signature && signatureHeaders(signature, filled.body?.text ?? '', request.reference, now)),
      };
      const standard = { id: request.reference, seconds: now, body: filled.body?.text ?? '', secret: settings.secret };
      const headers = standardHeaders({ ...standard, named });
      const sent = sendable({ ...filled, headers, query: { ...filled.query, ...auth.query } });
      const expect = [...(success?.status?.filter((status) => status >= 300) ?? []), ...(isOneAddress ? [GONE] : [])];
      const repeatable = idempotencyHeader !== undefined;
      const answer = await client.request({ ...sent, method, repeatable, expect, reference }, signal);
      if (answer.status === GONE) throw gone(answer, system);
      return await answers.receipt(answer, request.reference, values, signal);
    },

    /** Without the address, whose path is as good as a password, and without headers, which have one. */
    async pushedText(request) {
      const { body } = await filledWith(valuesOf(request));
      return body === undefined ? '' : `${method} ${system}\nContent-Type: ${body.type}\n\n${body.text}`;
    },

    ...(details && { details: detailsFrom(details) }),
    close: async () => void (await Promise.all(closing.map((one) => one.close()))),
  };
}

function pathsIn({ id, error, link, success, details }: Settings): readonly (string | undefined)[] {
  const ids = typeof id === 'string' ? [id] : [];
  const rows = Object.values(details?.rows ?? {});
  return [...ids, error, success?.at, details?.title, pathIn(link), pathIn(details?.link), ...rows];
}

/**
 * How a pushed thing stands, asked for as the settings say.
 * @param error where an answer says what went wrong
 */
function openDetails(
  setting: DetailsSetting,
  client: HttpClient,
  auth: Auth,
  answers: Answers,
  error: string | undefined,
): NonNullable<Source['details']> {
  const { title, link, rows, notFound } = setting;
  const url = new UrlTemplate(setting.url);
  const template = new RequestTemplate(url, setting);
  // Labels are of the administrator's choosing, and so they have a place of their own.
  const paths = Object.fromEntries(Object.entries(rows).map(([label, path]) => [`row ${label}`, path]));
  const wanted = { texts: { error }, values: { ...paths, title, link: pathIn(link) } };
  return async (id, { signal, reference }): Promise<Details | undefined> => {
    const filled = await template.fill((name) => (name === 'id' ? id : undefined));
    // `..` is no identifier, and would be another address.
    if (filled === undefined) return undefined;
    const request = sendable({ ...filled, query: { ...filled.query, ...auth.query } });
    const answer = await client.request({ ...request, expect: notFound, reference }, signal);
    if (notFound.includes(answer.status)) return undefined;
    const found = await answers.find(answer, wanted, signal);
    refuseWords(found.texts['error'], new URL(url.origin).host, answer);
    return {
      title: textFrom(found.values['title']) ?? id,
      link: linkFor(link, id, found, () => undefined),
      rows: Object.keys(rows).map((label) => ({ label, value: found.values[`row ${label}`] })),
    };
  };
}

/** The push's own places, then the target's fields, then the request's. */
function valuesOf({ title, body, reference, link, fields, values }: PushRequest): Values {
  const own = new Map([
    ['title', title],
    ['body', body],
    ['reference', reference],
    ['link', link?.href ?? ''],
  ]);
  const among = (all: Readonly<Record<string, string>>, name: string) =>
    Object.hasOwn(all, name) ? all[name] : undefined;
  return (name) => own.get(name) ?? among(fields, name) ?? among(values, name);
}

function gone(answer: HttpAnswer, system: string): SourceError {
  return new SourceError(
    'rejected',
    `${system} answered 410: it wants no pushes at this address any more${told(answer)}`,
    {
      gone: true,
      staffWords: 'takes no pushes any more; tell your administrator',
      remedy: 'write the new address as url, or take the push target out of push',
    },
  );
}

/** Slack's control characters: https://docs.slack.dev/messaging/formatting-message-text#escaping */
function forSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
