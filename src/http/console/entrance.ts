/** The way into the console and out of it: a name and a password, an OpenID Connect provider, or a proxy that knows people. */
import type { Request, Response } from 'express';
import { DeadlineExceeded, withDeadlineWithin } from '../../contract/index.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { ConsolePlan, ConsoleUser, OpenIdPlan } from '../../gateway/plan.ts';
import { newReference } from '../../gateway/reference.ts';
import { callOf } from '../call.ts';
import { goneController } from '../gone.ts';
import { networkOf } from '../rate-limit.ts';
import { answerPage, consolePathOf, queryIn, redirectTo, sentForm, textsIn } from './answers.ts';
import { COOKIE, cookieOf, cookiesOf, isFromElsewhere, sessionCookies } from './cookies.ts';
import { OPENID_STATUS, OpenIdFailure, type OpenIdProblem } from './openid/failure.ts';
import { OPENID_COOKIE, OPENID_COOKIE_SECONDS, OpenIdSignIn } from './openid/sign-in.ts';
import { CONSOLE, notice, written } from './page.ts';
import { type Credential, isOwnForm, type Session, type Sessions, userNamed } from './sessions.ts';
import { ATTEMPT_MINUTES, namedByProxy, SignIn, userOfSession } from './sign-in.ts';
import { signInForms, signOutLink } from './sign-in-form.ts';
import type { Texts } from './texts/en.ts';

/** Behind the address of the sign-in page: somebody has just signed out who came from the provider. */
const SIGNED_OUT = 'signed-out';

/** Somebody who may look. */
export interface KnownVisitor {
  readonly user: ConsoleUser;
  readonly session: Session;
}

/** Lets people in and out of the console of one gateway. */
export class Entrance {
  readonly #gateway: Gateway;
  readonly #sessions: Sessions;
  readonly #signIn = new SignIn();
  readonly #openid = new OpenIdSignIn();

  constructor(gateway: Gateway, sessions: Sessions) {
    this.#gateway = gateway;
    this.#sessions = sessions;
  }

  async askWho(req: Request, res: Response): Promise<void> {
    const isOut = queryIn(req).has(SIGNED_OUT);
    await this.answerSignIn(req, res, 200, undefined, isOut);
  }

  async signIn(req: Request, res: Response): Promise<void> {
    const texts = textsIn(req);
    if (isFromElsewhere(req)) return this.answerSignIn(req, res, 403, texts.foreignForm);
    const sent = sentForm(req);
    const [name, password] = [sent.get('name')?.trim() ?? '', sent.get('password') ?? ''];
    const { signal } = goneController(res);
    const plan = this.#plan;
    const { address } = callOf(req);
    const network = networkOf(address);
    const found = await withDeadlineWithin(this.#deadlineMs, signal, (limited) =>
      this.#signIn.try(plan, name, password, network, limited),
    ).catch((error: unknown) => {
      if (error instanceof DeadlineExceeded) return 'busy' as const;
      throw error;
    });
    if (typeof found === 'object') return this.#letIn(req, res, found.name, sent.get('to') ?? undefined, found);
    this.#gateway.log.warn({ address, problem: found }, 'nobody was signed in to the console');
    const words = { wrong: texts.wrongPassword, 'too many': texts.tooManyAttempts(ATTEMPT_MINUTES), busy: texts.busy };
    const status = { wrong: 401, 'too many': 429, busy: 503 }[found];
    // What was typed may be a password at the wrong place.
    this.#recordSignIn(userNamed(name, plan)?.name ?? '', 'failed', status);
    await this.answerSignIn(req, res, status, words[found]);
  }

  /** Sends the browser to the provider. By a link: browsers follow no form to another host that the page may not name. */
  async leaveForProvider(req: Request, res: Response): Promise<void> {
    await this.#withProvider(req, res, async (openid, signal) => {
      const { to, cookie } = await this.#openid.begin(req, this.#gateway.plan, openid, signal);
      redirectTo(res, to, [cookieOf(req, OPENID_COOKIE, cookie, { seconds: OPENID_COOKIE_SECONDS })]);
    });
  }

  /** The browser comes back from the provider. */
  async comeFromProvider(req: Request, res: Response): Promise<void> {
    await this.#withProvider(req, res, async (openid, signal) => {
      const { user, identity, to } = await this.#openid.end(req, this.#plan, openid, signal);
      this.#letIn(req, res, user.name, to, { openid: identity });
    });
  }

  /** Whoever reads "signed out" is: a form that is not taken leaves session and cookie as they are, and says so. */
  async signOut(req: Request, res: Response): Promise<void> {
    const session = this.#sessionOf(req);
    const isOwn = session === undefined || isOwnForm(session, sentForm(req).get('csrf'));
    if (!isOwn || isFromElsewhere(req)) return this.answerSignIn(req, res, 403, textsIn(req).foreignForm);
    const { [COOKIE]: token } = cookiesOf(req);
    if (token !== undefined) this.#sessions.end(token);
    const after = session?.openid === undefined ? '' : `?${SIGNED_OUT}=1`;
    redirectTo(res, `${CONSOLE}/sign-in${after}`, sessionCookies(req, '', 0));
  }

  /** Undefined: nobody has signed in. A text: the name of somebody whom a proxy vouches for, and no user has. */
  whoIs(req: Request, res: Response): KnownVisitor | string | undefined {
    const session = this.#sessionOf(req);
    const named = namedByProxy(req, this.#gateway.plan);
    if (typeof named === 'string') return named;
    if (named !== undefined) {
      if (session?.name === named.name) return { user: named, session };
      const fresh = this.#sessions.begin(named.name, {});
      res.setHeader('Set-Cookie', sessionCookies(req, fresh));
      const begun = this.#sessions.of(fresh, this.#plan);
      return begun && { user: named, session: begun };
    }
    const user = session && userOfSession(session, this.#plan);
    return session && user && { user, session };
  }

  /** The page on which people sign in. @param problem why nobody was signed in */
  async answerSignIn(req: Request, res: Response, status: number, problem?: string, isOut = false): Promise<void> {
    const texts = textsIn(req);
    const sent = sentForm(req);
    const to = sent.get('to') ?? queryIn(req).get('to') ?? undefined;
    const out = isOut ? await this.#openid.signOutAddress(req, this.#gateway.plan) : undefined;
    const content = [
      problem === undefined ? undefined : notice('problem', problem),
      out === undefined ? undefined : signOutLink(texts, this.#plan, out),
      ...signInForms(texts, this.#plan, consolePathOf(to), sent.get('name')?.trim() ?? ''),
    ];
    answerPage(res, status, written({ texts, heading: texts.signIn, content }));
  }

  /** Begins a session, and leads to where somebody wanted to go. */
  #letIn(req: Request, res: Response, name: string, to: string | undefined, shown: Credential): void {
    const { address } = callOf(req);
    const via = shown.openid === undefined ? {} : { via: 'openid' };
    this.#gateway.log.info({ user: name, address, ...via }, 'somebody signed in to the console');
    this.#recordSignIn(name, 'done', 0);
    const { [COOKIE]: old } = cookiesOf(req);
    if (old !== undefined) this.#sessions.end(old);
    redirectTo(res, consolePathOf(to), sessionCookies(req, this.#sessions.begin(name, shown)));
  }

  /** A way to or from the provider, and the words where it does not lead on. */
  async #withProvider(
    req: Request,
    res: Response,
    work: (openid: OpenIdPlan, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const { openid } = this.#plan;
    const texts = textsIn(req);
    if (openid === undefined) {
      const content = notice('problem', texts.notFound);
      return answerPage(res, 404, written({ texts, heading: texts.problem, content }));
    }
    const { signal } = goneController(res);
    try {
      await withDeadlineWithin(this.#deadlineMs, signal, (limited) => work(openid, limited));
    } catch (error) {
      if (res.destroyed || signal.aborted) return;
      if (!(error instanceof OpenIdFailure)) throw error;
      const { problem, message, person = '' } = error;
      const reference = newReference();
      const { address } = callOf(req);
      const who = person === '' ? {} : { user: person };
      const fields = { reference, address, via: 'openid', ...who, problem, reason: message };
      this.#gateway.log.warn(fields, 'nobody was signed in to the console');
      const status = OPENID_STATUS[problem];
      this.#recordSignIn(person, 'failed', status, reference);
      await this.answerSignIn(req, res, status, wordsFor(problem, texts, { title: openid.title, person, reference }));
    }
  }

  #sessionOf(req: Request): Session | undefined {
    const { [COOKIE]: token } = cookiesOf(req);
    return token === undefined ? undefined : this.#sessions.of(token, this.#plan);
  }

  #recordSignIn(personName: string, outcome: 'done' | 'failed', status: number, reference = ''): void {
    this.#gateway.audit.record({
      at: Date.now(),
      kind: 'sign-in',
      name: 'console',
      personName,
      outcome,
      status,
      reference,
      via: 'console',
    });
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

/** What somebody reads who could not sign in at the provider. */
function wordsFor(
  problem: OpenIdProblem,
  texts: Texts,
  { title, person, reference }: { readonly title: string; readonly person: string; readonly reference: string },
): string {
  const words: Readonly<Record<OpenIdProblem, string>> = {
    down: texts.openIdDown(title, reference),
    misset: texts.openIdMisset(title, reference),
    denied: texts.openIdDenied(title, reference),
    ended: texts.openIdEnded(reference),
    stale: texts.openIdStale(title, reference),
    untrusted: texts.openIdUntrusted(title, reference),
    clock: texts.openIdClock(title, reference),
    nameless: texts.openIdNameless(title, reference),
    roleless: texts.openIdRoleless(title, person, reference),
    groups: texts.openIdGroups(person, reference),
    elsewhere: texts.openIdElsewhere(reference),
  };
  return words[problem];
}
