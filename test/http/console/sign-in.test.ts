/** Who may open the console, and what attackers try. */
import { describe, expect, test, vi } from 'vitest';
import { hashPassword, isPassword } from '../../../src/http/console/password.ts';
import { memoryAdapter, memorySystem } from '../../support/memory-adapter.ts';
import { memorySource } from '../../support/plans.ts';
import { startConsole } from './harness.ts';
import { consoleOfRoles, PASSWORD, Visitor } from './visitor.ts';

const COOKIE = 'helpspot_gateway_console';

test('there is none unless it is configured', async () => {
  const { url } = await startConsole((plan) => ({ ...plan, console: undefined }));
  for (const path of ['/console/', '/console/sign-in', '/console/style.css']) {
    expect((await new Visitor(url).get(path)).status).toBe(404);
  }
  expect((await new Visitor(url).signIn('viewer', PASSWORD)).status).toBe(404);
  const caller = await fetch(`${url}/api/caller`, { headers: { cookie: `${COOKIE}=of-another-time` } });
  expect(await caller.json()).toEqual({ kind: 'anybody' });
});

test('a page that fails says so with a reference, which the log has', async () => {
  const adapter = {
    ...memoryAdapter(memorySystem()),
    get title(): string {
      throw new Error('a bug');
    },
  };
  const { signedIn, log } = await startConsole((plan) => ({
    ...plan,
    sources: new Map([['faulty', memorySource('faulty', memorySystem(), { adapter })]]),
  }));
  const viewer = await signedIn('viewer');
  const page = await viewer.get('/console/sources/faulty');
  const [, reference] = /\b([0-9a-f]{6})\b/.exec(page.html) ?? [];
  expect(page.status).toBe(500);
  expect(log.lines.at(-1)).toMatchObject({ level: 'error', fields: { reference, page: 'sources' } });
});

test('a form of nobody is not taken, and a way in sets no cookie', async () => {
  const { visitor } = await startConsole();
  const nobody = visitor();
  expect((await nobody.send('/console/pushes/drop', { id: 'q-1' })).status).toBe(403);
  expect((await nobody.get('/console/')).headers.getSetCookie()).toEqual([]);
});

describe('with a password', () => {
  test('the right one leads to where somebody wanted to go', async () => {
    const { visitor } = await startConsole();
    const anna = visitor();
    const asked = await anna.get('/console/?check=1');
    expect([asked.status, asked.location]).toEqual([303, '/console/sign-in?to=%2Fconsole%2F%3Fcheck%3D1']);
    const form = await anna.get(asked.location ?? '');
    expect(form.html).toContain('name="to" value="/console/?check=1"');
    const signed = await anna.signIn('Viewer', PASSWORD, '/console/?check=1');
    expect([signed.status, signed.location]).toEqual([303, '/console/?check=1']);
    const [cookie = ''] = signed.headers.getSetCookie();
    expect(cookie).toMatch(/; Path=\/console; HttpOnly; SameSite=Lax$/);
    const page = await anna.get('/console/');
    expect(page.status).toBe(200);
    expect(page.html).toContain('viewer, viewer');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self'/);
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  test.each([
    'https://evil.example/console/',
    '//evil.example/console/',
    '/\\evil.example',
    'javascript:alert(1)',
    '/livelookup',
    '/console/sign-out',
    '/console/../livelookup',
    '/console\r\nX: y',
  ])('nobody is led elsewhere by %j', async (to) => {
    const { visitor } = await startConsole();
    const { location } = await visitor().signIn('viewer', PASSWORD, to);
    expect(location).toMatch(/^\/console\/(?:\?|$)/);
  });

  test('a wrong one, an unknown name and an empty one are told alike', async () => {
    const { visitor, log } = await startConsole();
    const pages = await Promise.all(
      [
        ['viewer', 'wrong'],
        ['nobody', PASSWORD],
        ['', ''],
        ['constructor', PASSWORD],
      ].map(([name = '', password = '']) => visitor().signIn(name, password)),
    );
    expect(pages.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    // But for the name that was typed.
    const withoutName = (html: string) => html.replace(/(name="name")[^>]*?( autocomplete)/, '$1$2');
    expect(new Set(pages.map(({ html }) => withoutName(html))).size).toBe(1);
    expect(JSON.stringify(log.lines)).not.toContain(PASSWORD);
  });

  test('after ten wrong ones the right one is not read either, also from elsewhere for this name', async () => {
    const { visitor } = await startConsole((plan) => ({
      ...plan,
      server: { ...plan.server, trustProxy: ['127.0.0.1'] },
    }));
    const from = async (address: string, name: string, password: string) => {
      const one = visitor();
      one.headers['x-forwarded-for'] = address;
      return (await one.signIn(name, password)).status;
    };
    for (let at = 0; at < 10; at += 1) expect(await from(`192.0.2.${at}`, 'viewer', 'wrong')).toBe(401);
    expect(await from('192.0.2.99', 'viewer', PASSWORD)).toBe(429);
    expect(await from('192.0.2.99', 'operator', PASSWORD)).toBe(303);
  });

  test('a network of IPv6 addresses is one of whom wrong ones are counted', async () => {
    const { visitor } = await startConsole((plan) => ({
      ...plan,
      server: { ...plan.server, trustProxy: ['127.0.0.1'] },
    }));
    const from = async (address: string, name: string) => {
      const one = visitor();
      one.headers['x-forwarded-for'] = address;
      return (await one.signIn(name, 'wrong')).status;
    };
    const names = ['viewer', 'operator', 'administrator'];
    for (let at = 0; at < 10; at += 1) {
      expect(await from(`2001:db8:0:1::${at}`, names[at % names.length] ?? '')).toBe(401);
    }
    expect(await from('2001:db8:0:1:2:3:4:5', 'viewer')).toBe(429);
    expect(await from('2001:db8:9::1', 'viewer')).toBe(401);
  });

  test('a hash has a salt of its own, and another spelling of the same letters is the same', async () => {
    const composed = 'M\u00fcller-Straße 12';
    const cheap = { log2N: 10, r: 8, p: 1 };
    const [one, other] = [await hashPassword(composed, cheap), await hashPassword(composed)];
    expect(other).toMatch(/^scrypt:16:8:2:[\w-]{22}:[\w-]{43}$/);
    expect(await hashPassword(composed, cheap)).not.toBe(one);
    expect(await isPassword('Mu\u0308ller-Straße 12', one)).toBe(true);
    expect(await isPassword('Muller-Straße 12', one)).toBe(false);
  });
});

test('a name stays in the form after a wrong password, as text, and the password does not', async () => {
  const { visitor } = await startConsole();
  const { html } = await visitor().signIn('anna"><b>', 'wrong-password-7');
  expect(html).toContain('value="anna&quot;>&lt;b>"');
  expect(html).not.toContain('wrong-password-7');
});

describe('a session', () => {
  test('ends with signing out, also for a copy of its cookie', async () => {
    const { signedIn, url } = await startConsole();
    const anna = await signedIn('viewer');
    const thief = new Visitor(url);
    thief.keep(COOKIE, anna.cookie(COOKIE) ?? '');
    expect((await thief.get('/console/')).status).toBe(200);
    // Without the number of its forms nobody else can end it.
    expect((await thief.send('/console/sign-out', { csrf: 'x' })).status).toBe(403);
    expect(thief.cookie(COOKIE)).toBe(anna.cookie(COOKIE));
    // Browsers send no cookie with such a form, and would take one away that the answer takes away.
    const elsewhere = new Visitor(url);
    elsewhere.headers['sec-fetch-site'] = 'cross-site';
    const refused = await elsewhere.send('/console/sign-out', {});
    expect([refused.status, refused.headers.getSetCookie()]).toEqual([403, []]);
    expect((await anna.get('/console/')).status).toBe(200);
    await anna.post('/console/sign-out');
    thief.keep(COOKIE, anna.cookie(COOKIE) ?? '');
    expect((await anna.get('/console/')).status).toBe(303);
  });

  test('ends with its time, and when its user is taken out of the configuration', async () => {
    const { signedIn, gateway } = await startConsole();
    const anna = await signedIn('viewer');
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      vi.advanceTimersByTime(3_600_000 / 4 - 1_000);
      expect((await anna.get('/console/')).status).toBe(200);
      vi.advanceTimersByTime(3_600_000 / 4 + 1_000);
      expect((await anna.get('/console/')).status).toBe(303);
    } finally {
      vi.useRealTimers();
    }
    const bob = await signedIn('operator');
    expect((await bob.get('/console/')).status).toBe(200);
    await gateway.reload({ ...gateway.plan, console: consoleOfRoles(['viewer']) });
    expect((await bob.get('/console/')).status).toBe(303);
  });

  test('ends when the password is changed, and not when the file is read again', async () => {
    const { signedIn, gateway } = await startConsole();
    const anna = await signedIn('viewer');
    const { console } = gateway.plan;
    if (console === undefined) throw new Error('there is no console');
    const withHash = (password: string | undefined) => ({
      ...gateway.plan,
      console: { ...console, users: console.users.map((user) => ({ ...user, ...(password && { password }) })) },
    });
    await gateway.reload(withHash(undefined));
    expect((await anna.get('/console/')).status).toBe(200);
    await gateway.reload(withHash(await hashPassword('another password', { log2N: 4, r: 8, p: 1 })));
    expect((await anna.get('/console/')).status).toBe(303);
  });

  test('is not what somebody thinks of, and a second one is another', async () => {
    const { signedIn, visitor } = await startConsole();
    const stranger = visitor();
    for (const value of ['', 'x', 'a'.repeat(5_000), '__proto__']) {
      stranger.keep(COOKIE, value);
      expect((await stranger.get('/console/')).status).toBe(303);
    }
    const [one, other] = [await signedIn('viewer'), await signedIn('viewer')];
    expect(one.cookie(COOKIE)).not.toBe(other.cookie(COOKIE));
  });
});

test('a form is read within limits, whoever sends it', async () => {
  const { signedIn, url } = await startConsole();
  const stranger = new Visitor(url);
  const send = (path: string, fields: number, length: number, visitor = stranger) =>
    visitor.send(
      path,
      Array.from({ length: fields }, (_, at) => [`f${at}`, 'x'.repeat(length)] as const),
    );
  for (const path of ['/console/sign-in', '/console/sign-out']) {
    const large = await send(path, 1, 40_000);
    expect([large.status, large.html]).toEqual([413, expect.stringContaining('The form is larger')]);
    expect((await send(path, 100, 10)).status).not.toBe(413);
  }
  expect((await send('/console/sign-in', 2_500, 1)).status).toBe(400);
  const address = await stranger.get(`/console/sign-in?${'&a='.repeat(2_500)}`);
  expect([address.status, address.html]).toEqual([400, expect.stringContaining('more than 2000 fields')]);
  const anna = await signedIn('viewer');
  expect((await send('/console/pushes/try', 2, 1_100_000, anna)).status).toBe(413);
  const many = await send('/console/pushes/try', 5_000, 1, anna);
  expect([many.status, many.html]).toEqual([400, expect.stringContaining('more than 2000 fields')]);
  expect((await anna.post('/console/pushes/try', { tNote: 'x'.repeat(500_000) })).status).not.toBe(413);
});

test.each(['constructor', '__proto__', 'toString', 'nothing'])('there is no action called %s', async (name) => {
  const { signedIn, log } = await startConsole();
  const anna = await signedIn('viewer');
  expect((await anna.post(`/console/pushes/${name}`)).status).toBe(404);
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

test('a form from another page is not taken, whoever is signed in', async () => {
  const { signedIn, visitor } = await startConsole();
  const anna = await signedIn('administrator');
  anna.headers['sec-fetch-site'] = 'cross-site';
  const bob = visitor();
  bob.headers['origin'] = 'https://evil.example';
  expect((await bob.signIn('viewer', PASSWORD)).status).toBe(403);
  expect((await anna.signIn('viewer', PASSWORD)).status).toBe(403);
});

describe('a proxy that signs people in', () => {
  const behind = (address: string) =>
    startConsole((plan) => ({ ...plan, server: { ...plan.server, trustProxy: [address] } }), {
      proxyUser: 'X-Forwarded-User',
      users: [{ name: 'anna@example.com', role: 'operator' }],
    });

  test('names a user', async () => {
    const { visitor } = await behind('127.0.0.1');
    const anna = visitor();
    anna.headers['x-forwarded-user'] = 'Anna@Example.com';
    expect((await anna.get('/console/')).html).toContain('anna@example.com, operator');
    anna.headers['x-forwarded-user'] = 'eve@example.com';
    const refused = await anna.get('/console/');
    expect([refused.status, refused.html]).toEqual([403, expect.stringContaining('eve@example.com')]);
    // The cookie of anna alone opens nothing: she has no password.
    delete anna.headers['x-forwarded-user'];
    expect((await anna.get('/console/')).status).toBe(303);
    expect((await anna.signIn('anna@example.com', '')).status).toBe(401);
  });

  test('vouches at each call, also for somebody who has a password as well', async () => {
    const { visitor, gateway } = await startConsole(
      (plan) => ({ ...plan, server: { ...plan.server, trustProxy: ['127.0.0.1'] } }),
      {
        proxyUser: 'X-Forwarded-User',
      },
    );
    expect(gateway.plan.console?.users[0]).toMatchObject({ name: 'viewer', password: expect.any(String) });
    const anna = visitor();
    anna.headers['x-forwarded-user'] = 'viewer';
    expect((await anna.get('/console/')).status).toBe(200);
    delete anna.headers['x-forwarded-user'];
    expect((await anna.get('/console/')).status).toBe(303);
    expect((await anna.signIn('viewer', PASSWORD)).status).toBe(303);
    expect((await anna.get('/console/')).status).toBe(200);
  });

  test('is believed only where it is trusted', async () => {
    const { visitor } = await behind('192.0.2.1');
    const anna = visitor();
    anna.headers['x-forwarded-user'] = 'anna@example.com';
    expect((await anna.get('/console/')).status).toBe(303);
  });
});

test('speaks the language of the browser, or the chosen one', async () => {
  const { visitor } = await startConsole();
  const anna = visitor();
  anna.headers['accept-language'] = 'de-CH,de;q=0.9,en;q=0.8';
  expect((await anna.get('/console/sign-in')).html).toContain('<html lang="de">');
  await anna.get('/console/language/en');
  expect((await anna.get('/console/sign-in')).html).toContain('<html lang="en">');
});
