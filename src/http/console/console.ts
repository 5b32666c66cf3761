/**
 * The console: pages for administrators, drawn on the server; no script runs in them and nothing is asked of other hosts.
 * Off unless the configuration has `console`.
 */

import type { IRouter, Request, RequestHandler, Response } from 'express';
import type { ComponentChildren } from 'preact';
import { DeadlineExceeded, withDeadlineWithin } from '../../contract/index.ts';
import { auditEntry } from '../../gateway/audit/entry.ts';
import { failureFields } from '../../gateway/failure.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { type ConsolePlan, type ConsoleUser, mayDo } from '../../gateway/plan.ts';
import { newReference } from '../../gateway/reference.ts';
import type { Statistics } from '../../gateway/statistics.ts';
import { parsedAddress } from '../../helpspot/address.ts';
import { bytesOf, form } from '../body.ts';
import { callOf } from '../call.ts';
import { goneController } from '../gone.ts';
import { nothingHere, takesOnly } from '../refusal.ts';
import { decoded } from '../request-url.ts';
import { HTML, send } from '../send.ts';
import { COOKIE, cookieOf, cookiesOf, isFromElsewhere, sessionCookies } from './cookies.ts';
import { CONSOLE, hrefOf, notice, written } from './page.ts';
import { pages } from './pages/index.ts';
import { isOwnForm, type Session, type Sessions, userNamed, userOfSession } from './sessions.ts';
import { ATTEMPT_MINUTES, namedByProxy, SignIn } from './sign-in.ts';
import { signInForm } from './sign-in-form.ts';
import { STYLE } from './style.ts';
import type { Texts } from './texts/en.ts';
import { LANGUAGES, textsFor } from './texts/index.ts';
import { type ConsolePage, type Download, NoSuchPage, type View, type Visit } from './visit.ts';

const LANGUAGE_COOKIE = 'helpspot_gateway_language';
/** What a page does besides asking the gateway, which keeps the deadline itself. */
const DRAWING_MS = 2_000;

/** No script, nothing from elsewhere, in no frame. What is drawn of customers stands in frames that may do nothing at all. */
const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
} as const;

/** What the console shares with the API. */
export interface ConsoleParts {
  readonly sessions: Sessions;
  readonly statistics: Statistics;
}

/** Puts the console on the router. */
export function consolePages(router: IRouter, gateway: Gateway, parts: ConsoleParts): void {
  const host = new ConsoleHost(gateway, parts);
  const known: RequestHandler = (req, res, next) => {
    if (gateway.plan.console === undefined) nothingHere(req, res, next);
    else next();
  };
  router.use(CONSOLE, known);
  router.get(`${CONSOLE}/style.css`, (_req, res) => {
    send(res, { status: 200, contentType: 'text/css; charset=utf-8', body: STYLE, headers: HEADERS });
  });
  router.get(`${CONSOLE}/language/:language`, (req, res) => host.chooseLanguage(req, res));
  router.get(`${CONSOLE}/sign-in`, (req, res) => host.askForPassword(req, res));
  router.post(`${CONSOLE}/sign-in`, form, (req, res) => host.signIn(req, res));
  router.post(`${CONSOLE}/sign-out`, form, (req, res) => host.signOut(req, res));
  router.get(`${CONSOLE}{/*path}`, (req, res) => host.visit(req, res));
  router.post(`${CONSOLE}{/*path}`, form, (req, res) => host.visit(req, res));
  router.all(`${CONSOLE}{/*path}`, takesOnly('GET', 'POST'));
}

class ConsoleHost {
  readonly #gateway: Gateway;
  readonly #sessions: Sessions;
  readonly #signIn = new SignIn();
  readonly #statistics: Statistics;

  constructor(gateway: Gateway, { sessions, statistics }: ConsoleParts) {
    this.#gateway = gateway;
    this.#sessions = sessions;
    this.#statistics = statistics;
  }

  chooseLanguage(req: Request, res: Response): void {
    const wanted = String(req.params['language']);
    const language = LANGUAGES.find((one) => one === wanted);
    const cookie = language && [cookieOf(req, LANGUAGE_COOKIE, language, { seconds: 365 * 86_400 })];
    redirect(res, pathOf(req.headers.referer), cookie);
  }

  askForPassword(req: Request, res: Response): void {
    this.#answerSignIn(req, res, 200);
  }

  async signIn(req: Request, res: Response): Promise<void> {
    const texts = textsOf(req);
    if (isFromElsewhere(req)) return this.#answerSignIn(req, res, 403, texts.foreignForm);
    const sent = formOf(req);
    const [name, password] = [sent.get('name')?.trim() ?? '', sent.get('password') ?? ''];
    const { signal } = goneController(res);
    const plan = this.#plan;
    const { address } = callOf(req);
    const found = await withDeadlineWithin(this.#deadlineMs, signal, (limited) =>
      this.#signIn.try(plan, name, password, address, limited),
    ).catch((error: unknown) => {
      if (error instanceof DeadlineExceeded) return 'busy' as const;
      throw error;
    });
    if (typeof found === 'object') {
      this.#gateway.log.info({ user: found.name, address }, 'somebody signed in to the console');
      this.#recordSignIn(found.name, 'done', 0);
      const { [COOKIE]: old } = cookiesOf(req);
      if (old !== undefined) this.#sessions.end(old);
      return redirect(res, pathOf(sent.get('to') ?? undefined), sessionCookies(req, this.#sessions.begin(found.name)));
    }
    this.#gateway.log.warn({ address, problem: found }, 'nobody was signed in to the console');
    const words = { wrong: texts.wrongPassword, 'too many': texts.tooManyAttempts(ATTEMPT_MINUTES), busy: texts.busy };
    const status = { wrong: 401, 'too many': 429, busy: 503 }[found];
    // What was typed may be a password at the wrong place.
    this.#recordSignIn(userNamed(name, plan)?.name ?? '', 'failed', status);
    this.#answerSignIn(req, res, status, words[found]);
  }

  signOut(req: Request, res: Response): void {
    const { [COOKIE]: token } = cookiesOf(req);
    const session = token === undefined ? undefined : this.#sessions.of(token, this.#plan);
    if (session !== undefined && token !== undefined && isOwnForm(session, formOf(req).get('csrf'))) {
      this.#sessions.end(token);
    }
    redirect(res, `${CONSOLE}/sign-in`, sessionCookies(req, '', 0));
  }

  async visit(req: Request, res: Response): Promise<void> {
    const texts = textsOf(req);
    const known = this.#whoIs(req, res);
    if (known === undefined) {
      if (req.method === 'POST') return this.#answerSignIn(req, res, 403, texts.foreignForm);
      return redirect(res, `${CONSOLE}/sign-in?to=${encodeURIComponent(pathOf(req.originalUrl))}`);
    }
    if (typeof known === 'string') {
      const content = notice('problem', texts.unknownProxyUser(known));
      return answer(res, 403, written({ texts, heading: texts.problem, content }));
    }
    const { user, session } = known;
    const [name = '', ...rest] = namesOf(callOf(req).path);
    const page = pages.find(({ path }) => path === name);
    const around = { user, csrf: session.csrf, navigation: navigationFor(user, texts), path: name };
    const refuse = (status: number, words: string) =>
      answer(
        res,
        status,
        written({ texts, heading: texts.problem, content: notice('problem', words), signedIn: around }),
      );
    if (page === undefined) return refuse(404, texts.notFound);
    if (!mayDo(user.role, page.role)) return refuse(403, texts.notAllowed(page.role));
    const sent = formOf(req);
    const action = req.method === 'POST' ? page.actions?.[rest[0] ?? ''] : undefined;
    if (req.method === 'POST') {
      if (action === undefined) return refuse(404, texts.notFound);
      if (!isOwnForm(session, sent.get('csrf')) || isFromElsewhere(req)) return refuse(403, texts.foreignForm);
      if (!mayDo(user.role, action.role)) return refuse(403, texts.notAllowed(action.role));
    }
    const query = new URLSearchParams(callOf(req).query);
    const common = { gateway: this.#gateway, statistics: this.#statistics, user, texts, csrf: session.csrf };
    const work = (signal: AbortSignal) => {
      const visit: Visit = { ...common, rest, query, form: sent, signal };
      return action === undefined ? page.show(visit) : action.perform(visit);
    };
    const { signal } = goneController(res);
    try {
      const view = await withDeadlineWithin(this.#deadlineMs + DRAWING_MS, signal, work);
      answerView(res, view, (content, heading = page.heading(texts)) =>
        written({ texts, heading, content, signedIn: around }),
      );
    } catch (error) {
      if (res.destroyed || signal.aborted) return;
      if (error instanceof NoSuchPage) return refuse(404, texts.notFound);
      const reference = newReference();
      this.#gateway.log.error({ reference, page: page.path, ...failureFields(error) }, 'a page of the console failed');
      refuse(500, texts.failed(reference));
    }
  }

  /** Undefined: nobody has signed in. A text: the name of somebody whom a proxy vouches for, and no user has. */
  #whoIs(req: Request, res: Response): { user: ConsoleUser; session: Session } | string | undefined {
    const { [COOKIE]: token } = cookiesOf(req);
    const session = token === undefined ? undefined : this.#sessions.of(token, this.#plan);
    const named = namedByProxy(req, this.#gateway.plan);
    if (typeof named === 'string') return named;
    if (named !== undefined) {
      if (session?.name === named.name) return { user: named, session };
      const fresh = this.#sessions.begin(named.name);
      res.setHeader('Set-Cookie', sessionCookies(req, fresh));
      const begun = this.#sessions.of(fresh, this.#plan);
      return begun && { user: named, session: begun };
    }
    const user = session && userOfSession(session, this.#plan);
    return session && user && { user, session };
  }

  #recordSignIn(personName: string, outcome: 'done' | 'failed', status: number): void {
    const entry = {
      at: Date.now(),
      kind: 'sign-in',
      name: 'console',
      personName,
      outcome,
      status,
      via: 'console',
    } as const;
    this.#gateway.audit.record(auditEntry(entry));
  }

  #answerSignIn(req: Request, res: Response, status: number, problem?: string): void {
    const texts = textsOf(req);
    const to = formOf(req).get('to') ?? new URLSearchParams(callOf(req).query).get('to') ?? undefined;
    const content = [problem === undefined ? undefined : notice('problem', problem), signInForm(texts, pathOf(to))];
    answer(res, status, written({ texts, heading: texts.signIn, content }));
  }

  get #plan(): ConsolePlan {
    const { console } = this.#gateway.plan;
    if (console === undefined) throw new Error('there is no console');
    return console;
  }

  get #deadlineMs(): number {
    return this.#gateway.plan.server.deadlineMs;
  }
}

function navigationFor(user: ConsoleUser, texts: Texts) {
  return pages
    .filter(({ role }: ConsolePage) => mayDo(user.role, role))
    .map((page) => ({ path: page.path, heading: page.heading(texts) }));
}

function answerView(res: Response, view: View, draw: (content: ComponentChildren, heading?: string) => string): void {
  if ('redirect' in view) redirect(res, hrefOf(view.redirect));
  else if ('download' in view) answerFile(res, view.download);
  else answer(res, view.status ?? 200, draw(view.content, view.heading));
}

function answerFile(res: Response, { name, contentType, body }: Download): void {
  const headers = { ...HEADERS, 'Content-Disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '_')}"` };
  send(res, { status: 200, contentType, body, headers });
}

function answer(res: Response, status: number, body: string): void {
  send(res, { status, contentType: HTML, body, headers: HEADERS });
}

function redirect(res: Response, to: string, cookies: readonly string[] = []): void {
  if (cookies.length > 0) res.setHeader('Set-Cookie', cookies);
  send(res, { status: 303, contentType: HTML, body: '', headers: { ...HEADERS, Location: to } });
}

/** The names below the console, decoded; of what cannot be decoded, nothing. */
function namesOf(path: string): readonly string[] {
  return path.slice(CONSOLE.length).split('/', 10).slice(1).map(decoded);
}

/** Where somebody wanted to go, if that is a page of the console. */
function pathOf(address: string | undefined): string {
  const url = parsedAddress(address?.slice(0, 4_000) ?? '', 'http://console.invalid');
  const isOurs =
    url?.pathname.startsWith(`${CONSOLE}/`) === true && !/^\/console\/(?:sign-|language\/)/.test(url.pathname);
  return isOurs ? `${url.pathname}${url.search}` : `${CONSOLE}/`;
}

function textsOf(req: Request): Texts {
  return textsFor(cookiesOf(req)[LANGUAGE_COOKIE], req.headers['accept-language']);
}

function formOf(req: Request): URLSearchParams {
  const bytes = bytesOf(req);
  return new URLSearchParams(bytes === undefined ? '' : Buffer.from(bytes).toString('utf8'));
}
