/** Somebody who calls the console of a gateway as a browser would, without one. */
import { scryptSync } from 'node:crypto';
import type { ConsolePlan, ConsoleRole } from '../../../src/gateway/plan.ts';

export const PASSWORD = 'correct horse battery';

/** The roles, of which each has a user of its name. */
const ROLES: readonly ConsoleRole[] = ['viewer', 'operator', 'administrator'];

/** A hash that takes no time. */
function quickHash(): string {
  const [salt, cost] = [Buffer.from('salt of a test'), { N: 16, r: 8, p: 1 }];
  const hash = scryptSync(PASSWORD, salt, 32, cost);
  return ['scrypt', 4, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join(':');
}

/** One user a role, named as it. */
export function consoleOfRoles(roles = ROLES): ConsolePlan {
  const password = quickHash();
  return {
    users: roles.map((role) => ({ name: role, role, password })),
    proxyUser: undefined,
    sessionMs: 3_600_000,
  };
}

/** The fields of a form; in pairs, one may come several times. */
export type FormFields = Readonly<Record<string, string>> | readonly (readonly [name: string, value: string])[];

/** What came back. */
export interface Page {
  readonly status: number;
  readonly location: string | null;
  readonly headers: Headers;
  readonly html: string;
}

/** It keeps cookies, follows nothing, and reads English unless `headers` say otherwise. */
export class Visitor {
  readonly #url: string;
  readonly #cookies = new Map<string, string>();
  #csrf: string | undefined;
  /** Sent with every call. */
  readonly headers: Record<string, string> = { 'accept-language': 'en' };
  /** All pages that were seen. */
  readonly seen: string[] = [];

  constructor(url: string) {
    this.#url = url;
  }

  /** Somebody who has signed in already. */
  static async signIn(url: string, role: ConsoleRole): Promise<Visitor> {
    const visitor = new Visitor(url);
    const { status } = await visitor.signIn(role, PASSWORD);
    if (status !== 303) throw new Error(`nobody was signed in: ${status}`);
    return visitor;
  }

  signIn(name: string, password: string, to = '/console/'): Promise<Page> {
    return this.send('/console/sign-in', { name, password, to });
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  /** What the forms of the session carry, as the last page had it. */
  get csrf(): string | undefined {
    return this.#csrf;
  }

  keep(name: string, value: string): void {
    this.#cookies.set(name, value);
  }

  /** @param headers of this call alone */
  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Page> {
    return this.#call(path, { headers });
  }

  /** Sends a form of the console, with what its session gives to forms. */
  async post(path: string, fields: FormFields = [], csrf?: string): Promise<Page> {
    if (csrf === undefined && this.#csrf === undefined) await this.get('/console/');
    return await this.send(path, [['csrf', csrf ?? this.#csrf ?? ''], ...pairsOf(fields)]);
  }

  /** Sends a form as it is. */
  send(path: string, fields: FormFields): Promise<Page> {
    const body = new URLSearchParams(pairsOf(fields).map(([name, value]) => [name, value]));
    return this.#call(path, { method: 'POST', body });
  }

  async #call(
    path: string,
    init: RequestInit & { readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Page> {
    const cookie = Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...this.headers, ...init.headers, ...(cookie !== '' && { cookie }) };
    const answer = await fetch(`${this.#url}${path}`, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const html = await answer.text();
    this.#csrf = /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? this.#csrf;
    this.seen.push(html);
    return { status: answer.status, location: answer.headers.get('location'), headers: answer.headers, html };
  }
}

function pairsOf(fields: FormFields): readonly (readonly [name: string, value: string])[] {
  return Symbol.iterator in fields ? fields : Object.entries(fields);
}

/** The hidden fields and check boxes of the form that goes to an address. */
export function fieldsOf(html: string, action: string): readonly (readonly [string, string])[] {
  const from = html.indexOf(`action="/console/${action}"`);
  if (from < 0) throw new Error(`no form goes to ${action}`);
  const form = html.slice(from, html.indexOf('</form>', from));
  const inputs = [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  return inputs.flatMap(([, name = '', value = '']) =>
    name === 'csrf'
      ? []
      : [[name, value.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&')] as const],
  );
}
