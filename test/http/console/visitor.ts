/** Somebody who is signed in to the console of a gateway, without a browser. */
import { scryptSync } from 'node:crypto';
import type { ConsolePlan, ConsoleRole } from '../../../src/gateway/plan.ts';

export const PASSWORD = 'correct horse battery';

/** A hash that takes no time. */
function quickHash(): string {
  const [salt, cost] = [Buffer.from('salt of a test'), { N: 16, r: 8, p: 1 }];
  const hash = scryptSync(PASSWORD, salt, 32, cost);
  return ['scrypt', 4, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join(':');
}

/** One user a role, named as it. */
export function consoleOfRoles(): ConsolePlan {
  const password = quickHash();
  const roles: readonly ConsoleRole[] = ['viewer', 'operator', 'administrator'];
  return {
    users: roles.map((role) => ({ name: role, role, password })),
    proxyUser: undefined,
    sessionMs: 3_600_000,
  };
}

export interface Page {
  readonly status: number;
  readonly html: string;
}

/** Calls as a browser would, with a cookie. */
export class Visitor {
  readonly #url: string;
  readonly cookie: string;
  /** What the forms of the session carry. */
  readonly csrf: string;
  /** All pages that were seen. */
  readonly seen: string[] = [];

  private constructor(url: string, cookie: string, csrf: string) {
    this.#url = url;
    this.cookie = cookie;
    this.csrf = csrf;
  }

  static async signIn(url: string, role: ConsoleRole): Promise<Visitor> {
    const body = new URLSearchParams({ name: role, password: PASSWORD });
    const answer = await fetch(`${url}/console/sign-in`, { method: 'POST', body, redirect: 'manual' });
    const cookie = (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
    const page = await fetch(`${url}/console/`, { headers: { cookie, 'accept-language': 'en' } });
    const csrf = /name="csrf" value="([^"]+)"/.exec(await page.text())?.[1];
    if (csrf === undefined) throw new Error(`nobody was signed in: ${answer.status}`);
    return new Visitor(url, cookie, csrf);
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Page> {
    return this.#fetch(path, { headers });
  }

  /** Sends a form; a field may come several times. */
  post(path: string, fields: readonly (readonly [string, string])[], csrf = this.csrf): Promise<Page> {
    const body = new URLSearchParams([['csrf', csrf], ...fields.map(([name, value]) => [name, value])]);
    return this.#fetch(path, { method: 'POST', body });
  }

  async #fetch(path: string, init: RequestInit & { readonly headers?: Readonly<Record<string, string>> }) {
    const headers = { 'accept-language': 'en', ...init.headers, cookie: this.cookie };
    const answer = await fetch(`${this.#url}/console${path}`, { ...init, headers });
    const html = await answer.text();
    this.seen.push(html);
    return { status: answer.status, html };
  }
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
