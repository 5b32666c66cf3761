/**
 * The console: pages for administrators, drawn on the server; no script runs in them and nothing is asked of other hosts.
 * Off unless the configuration has `console`.
 */

import type { IRouter, Request, RequestHandler, Response } from 'express';
import type { ComponentChildren } from 'preact';
import { withDeadlineWithin } from '../../contract/index.ts';
import { failureFields } from '../../gateway/failure.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { type ConsoleUser, type GatewayPlan, mayDo } from '../../gateway/plan.ts';
import { newReference } from '../../gateway/reference.ts';
import type { Statistics } from '../../gateway/statistics.ts';
import { parsedAddress } from '../../helpspot/address.ts';
import { consoleForm, signInForm } from '../body.ts';
import { callOf } from '../call.ts';
import { goneController } from '../gone.ts';
import { nothingHere, takesOnly } from '../refusal.ts';
import { decoded } from '../request-url.ts';
import { send } from '../send.ts';
import {
  answerPage,
  consolePathOf,
  LANGUAGE_COOKIE,
  PAGE_HEADERS,
  queryIn,
  redirectTo,
  sentForm,
  textsIn,
} from './answers.ts';
import { cookieOf, isFromElsewhere } from './cookies.ts';
import { Entrance } from './entrance.ts';
import { OPENID_PATH } from './openid/sign-in.ts';
import { CONSOLE, hrefOf, notice, written } from './page.ts';
import { pages } from './pages/index.ts';
import { isOwnForm, type Sessions } from './sessions.ts';
import { STYLE } from './style.ts';
import type { Texts } from './texts/en.ts';
import { LANGUAGES } from './texts/index.ts';
import { type ConsolePage, type Download, NoSuchPage, type PageAction, type View, type Visit } from './visit.ts';

/** What a page does besides asking the gateway, which keeps the deadline itself. */
const DRAWING_MS = 2_000;

/** What the console shares with the API. */
export interface ConsoleParts {
  readonly sessions: Sessions;
  readonly statistics: Statistics;
}

/** Puts the console on the router. */
export function consolePages(router: IRouter, gateway: Gateway, { sessions, statistics }: ConsoleParts): void {
  const entrance = new Entrance(gateway, sessions);
  const host = new ConsoleHost(gateway, entrance, statistics);
  const known: RequestHandler = (req, res, next) => {
    if (gateway.plan.console === undefined) nothingHere(req, res, next);
    else next();
  };
  router.use(CONSOLE, known);
  router.get(`${CONSOLE}/style.css`, (_req, res) => {
    send(res, { status: 200, contentType: 'text/css; charset=utf-8', body: STYLE, headers: PAGE_HEADERS });
  });
  router.get(`${CONSOLE}/language/:language`, (req, res) => host.chooseLanguage(req, res));
  router.get(`${CONSOLE}/sign-in`, (req, res) => entrance.askWho(req, res));
  router.post(`${CONSOLE}/sign-in`, signInForm, (req, res) => entrance.signIn(req, res));
  router.get(`${OPENID_PATH}/start`, (req, res) => entrance.leaveForProvider(req, res));
  router.get(OPENID_PATH, (req, res) => entrance.comeFromProvider(req, res));
  router.post(`${CONSOLE}/sign-out`, signInForm, (req, res) => entrance.signOut(req, res));
  router.get(`${CONSOLE}{/*path}`, (req, res) => host.visit(req, res));
  router.post(`${CONSOLE}{/*path}`, consoleForm, (req, res) => host.visit(req, res));
  router.all(`${CONSOLE}{/*path}`, takesOnly('GET', 'POST'));
}

class ConsoleHost {
  readonly #gateway: Gateway;
  readonly #entrance: Entrance;
  readonly #statistics: Statistics;

  constructor(gateway: Gateway, entrance: Entrance, statistics: Statistics) {
    this.#gateway = gateway;
    this.#entrance = entrance;
    this.#statistics = statistics;
  }

  chooseLanguage(req: Request, res: Response): void {
    const wanted = String(req.params['language']);
    const language = LANGUAGES.find((one) => one === wanted);
    const cookie = language && [cookieOf(req, LANGUAGE_COOKIE, language, { seconds: 365 * 86_400 })];
    redirectTo(res, consolePathOf(req.headers.referer), cookie);
  }

  async visit(req: Request, res: Response): Promise<void> {
    const texts = textsIn(req);
    const known = this.#entrance.whoIs(req, res);
    if (known === undefined) {
      if (req.method === 'POST') return this.#entrance.answerSignIn(req, res, 403, texts.foreignForm);
      return redirectTo(res, `${CONSOLE}/sign-in?to=${encodeURIComponent(consolePathOf(req.originalUrl))}`);
    }
    if (typeof known === 'string') {
      const content = notice('problem', texts.unknownProxyUser(known));
      return answerPage(res, 403, written({ texts, heading: texts.problem, content }));
    }
    const { user, session } = known;
    const [name = '', ...rest] = namesOf(callOf(req).path);
    const page = pages.find(({ path }) => path === name);
    const around = { user, csrf: session.csrf, navigation: navigationFor(user, texts), path: name };
    const refuse = (status: number, words: string) =>
      answerPage(
        res,
        status,
        written({ texts, heading: texts.problem, content: notice('problem', words), signedIn: around }),
      );
    if (page === undefined) return refuse(404, texts.notFound);
    if (!mayDo(user.role, page.role)) return refuse(403, texts.notAllowed(page.role));
    const sent = sentForm(req);
    const action = req.method === 'POST' ? actionOf(page, rest[0] ?? '') : undefined;
    if (req.method === 'POST') {
      if (action === undefined) return refuse(404, texts.notFound);
      if (!isOwnForm(session, sent.get('csrf')) || isFromElsewhere(req)) return refuse(403, texts.foreignForm);
      if (!mayDo(user.role, action.role)) return refuse(403, texts.notAllowed(action.role));
    }
    const query = queryIn(req);
    const common = { gateway: this.#gateway, statistics: this.#statistics, user, texts, csrf: session.csrf };
    const work = (signal: AbortSignal) => {
      const outside = outsideOf(req, this.#gateway.plan);
      const visit: Visit = { ...common, rest, query, form: sent, outside, signal };
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

  get #deadlineMs(): number {
    return this.#gateway.plan.server.deadlineMs;
  }
}

function navigationFor(user: ConsoleUser, texts: Texts) {
  return pages
    .filter(({ role }: ConsolePage) => mayDo(user.role, role))
    .map((page) => ({ path: page.path, heading: page.heading(texts) }));
}

/** Whatever is called as everything of JavaScript is (`constructor`) is no action. */
function actionOf({ actions = {} }: ConsolePage, name: string): PageAction | undefined {
  return Object.hasOwn(actions, name) ? actions[name] : undefined;
}

function answerView(res: Response, view: View, draw: (content: ComponentChildren, heading?: string) => string): void {
  if ('redirect' in view) redirectTo(res, hrefOf(view.redirect));
  else if ('download' in view) answerFile(res, view.download);
  else answerPage(res, view.status ?? 200, draw(view.content, view.heading));
}

function answerFile(res: Response, { name, contentType, body }: Download): void {
  const headers = { ...PAGE_HEADERS, 'Content-Disposition': `attachment; filename="${name}"` };
  send(res, { status: 200, contentType, body, headers });
}

/** The names below the console, decoded; of what cannot be decoded, nothing. */
function namesOf(path: string): readonly string[] {
  return path.slice(CONSOLE.length).split('/', 10).slice(1).map(decoded);
}

/** The host is what a caller writes: he alone reads it. */
function outsideOf(req: Request, { server }: GatewayPlan): string {
  const address = parsedAddress(`${req.protocol}://${String(req.host)}`.slice(0, 300));
  return server.publicAddress ?? address?.origin ?? 'http://HOST';
}
