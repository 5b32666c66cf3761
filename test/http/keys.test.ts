import { describe, expect, it } from 'vitest';
import { KeyRing } from '../../src/http/keys.ts';
import { call, customersIn, errorIn, KEYS, OTHER_SECRET, onlyAnswer, raw, SECRET, start } from './harness.ts';

const ENCODED = encodeURIComponent(SECRET);
const basic = (password: string, user = 'helpspot') => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

it('a key is known by its beginning in a piece of an address, encoded or not, and nothing else is', () => {
  const keys = new KeyRing([
    { name: 'a', secret: 'first secret of many' },
    { name: 'b', secret: 'other+secret' },
  ]);
  for (const piece of ['first secret of many', 'first se', 'first%20secret', 'other%2Bse']) {
    expect(keys.reveals(piece), piece).toBe(true);
  }
  for (const piece of ['first', 'livelookup', 'secret of many', '']) expect(keys.reveals(piece), piece).toBe(false);
});

describe('a key', () => {
  const places: [string, string, Record<string, string>, string][] = [
    ['in the path', `/k/${ENCODED}/livelookup/default?customer_id=12`, {}, 'helpspot'],
    ['in the path before the default lookup', `/k/${ENCODED}/livelookup?customer_id=12`, {}, 'helpspot'],
    ['in the query', `/livelookup?key=${ENCODED}&customer_id=12`, {}, 'helpspot'],
    ['in the query, form-encoded', `/livelookup?key=${ENCODED.replaceAll('%20', '+')}&customer_id=12`, {}, 'helpspot'],
    [
      'in the query with the + as it is',
      `/livelookup?key=${ENCODED.replace('%2B', '+')}&customer_id=12`,
      {},
      'helpspot',
    ],
    ['in the query, where HelpSpot appends its own', `/livelookup?key=${OTHER_SECRET}?customer_id=12`, {}, 'spare'],
    ['after a later ?', `/livelookup?customer_id=12?key=${OTHER_SECRET}`, {}, 'spare'],
    ['in the query, last', `/livelookup?customer_id=12&key=${OTHER_SECRET}`, {}, 'spare'],
    ['as HTTP Basic password', '/livelookup?customer_id=12', basic(SECRET), 'helpspot'],
    ['as HTTP Basic password of nobody', '/livelookup?customer_id=12', basic(OTHER_SECRET, ''), 'spare'],
    ['as Bearer token', '/livelookup?customer_id=12', { authorization: `bearer ${OTHER_SECRET}` }, 'spare'],
  ];

  it.each(places)('%s opens, is named in the log, and goes nowhere else', async (_where, path, headers, name) => {
    const running = await start({ access: { keys: KEYS } });
    const answer = await call(running, path, headers);
    expect(answer.status).toBe(200);
    expect(customersIn(answer.body)).toMatchObject([{ customer_id: '12' }]);
    expect(running.log.lines.at(-1)?.fields['caller']).toBe(name);
    expect({ ...running.system.queries[0]?.parameters }).toEqual({ customer_id: '12' });
  });

  it('in the body of a POST as well goes nowhere', async () => {
    const { url, system } = await start({ access: { keys: KEYS } });
    const body = new URLSearchParams({ customer_id: '12', key: SECRET });
    const answer = await fetch(`${url}/livelookup?key=${ENCODED}`, { method: 'POST', body });
    expect(answer.status).toBe(200);
    expect({ ...system.queries[0]?.parameters }).toEqual({ customer_id: '12' });
  });

  it('in the body of a POST alone does not open', async () => {
    const { url } = await start({ access: { keys: KEYS } });
    const answer = await fetch(`${url}/livelookup`, { method: 'POST', body: new URLSearchParams({ key: SECRET }) });
    expect(answer.status).toBe(401);
  });

  it('leaves a field of the same name alone', async () => {
    const running = await start({ access: { keys: KEYS } });
    await call(running, `/k/${ENCODED}/livelookup?customer_id=12&key=value&monkey=${OTHER_SECRET}`);
    expect({ ...running.system.queries[0]?.parameters }).toEqual({
      customer_id: '12',
      key: 'value',
      monkey: OTHER_SECRET,
    });
    await call(running, `/livelookup?key=${OTHER_SECRET}&customer_id=12&key=value`);
    expect({ ...running.system.queries[1]?.parameters }).toEqual({ customer_id: '12', key: 'value' });
  });

  it('is not brought into sight by many others', async () => {
    const running = await start({ access: { keys: KEYS } });
    const many = 'key=x&'.repeat(50);
    const answer = await call(running, `/livelookup?key=${OTHER_SECRET}&customer_id=12&${many}key=${ENCODED}`);
    expect(answer.status).toBe(200);
    expect(JSON.stringify(running.system.queries[0]?.parameters)).not.toContain(SECRET);
  });

  it('that is wrong or missing is refused with where to put it', async () => {
    const running = await start({ access: { keys: KEYS } });
    const refused: [string, Record<string, string>, RegExp][] = [
      ['/livelookup?customer_id=12', {}, /shows none\. Put it into the address \(\/k\/KEY/],
      ['/livelookup?customer_id=12&key=', {}, /shows none/],
      ['/livelookup', basic(''), /shows none/],
      ['/livelookup', { authorization: 'Digest x' }, /shows none/],
      ['/k/wrong/livelookup?customer_id=12', {}, /none of those.*Copy it anew from there/],
      ['/k//livelookup', {}, /none of those/],
      ['/k/%E4%zz/livelookup', {}, /none of those/],
      ['/livelookup?key=wrong', {}, /none of those/],
      [`/livelookup?key=${SECRET.slice(0, 5)}`, {}, /none of those/],
      ['/livelookup', basic('wrong'), /none of those/],
      ['/livelookup', { authorization: 'Bearer wrong' }, /none of those/],
      ['/k/wrong/nowhere', {}, /none of those/],
    ];
    for (const [path, headers, words] of refused) {
      const answer = await call(running, path, headers);
      expect([path, answer.status]).toEqual([path, 401]);
      expect(answer.headers['www-authenticate']).toMatch(/^Basic realm="helpspot-gateway"/);
      expect(errorIn(answer.body)).toMatch(words);
    }
    expect(running.system.queries).toEqual([]);
    expect(JSON.stringify(running.log.lines)).not.toContain('wrong"');
    expect(running.log.lines).toHaveLength(refused.length);
  });

  it('one right one is enough', async () => {
    const running = await start({ access: { keys: KEYS } });
    const answer = await call(running, `/livelookup?customer_id=12&key=${OTHER_SECRET}`, basic("the proxy's own"));
    expect(answer.status).toBe(200);
  });

  it('at a place where nobody looks is masked in the log', async () => {
    const running = await start({ access: { keys: KEYS } });
    for (const path of [
      `/K/${ENCODED}/livelookup`,
      `/gateway/k/some-guess/livelookup`,
      `/${ENCODED}/x`,
      `/x/${OTHER_SECRET}`,
      `/${'y'.repeat(190)}/${OTHER_SECRET}`,
      `/${'z/'.repeat(50)}${OTHER_SECRET}`,
      `/${'w'.repeat(300)}`,
    ]) {
      expect((await call(running, path)).status).toBe(404);
    }
    const paths = running.log.lines.map(({ fields }) => fields['path']);
    expect(paths).toEqual([
      '/K/***/livelookup',
      '/***/k/***/livelookup',
      '/***/***',
      '/***/***',
      '/***/***',
      `/${Array(9).fill('***').join('/')}`,
      '/***',
    ]);
  });

  it('mistyped by a character is not in the log, wherever it stands', async () => {
    const running = await start({ access: { keys: KEYS } });
    const wrong = `X${OTHER_SECRET.slice(1)}`;
    const middle = OTHER_SECRET.replace('-of-', '-0f-');
    for (const key of [wrong, middle, `${wrong}x`, wrong.toUpperCase(), encodeURIComponent(`${wrong} é`)]) {
      for (const path of [
        `/k/${key}/livelookup`,
        `/K/${key}/livelookup`,
        `/K/${key}`,
        `//k/${key}/livelookup`,
        `/k%2F${key}/livelookup`,
        `/${key}`,
        `/${key}/livelookup`,
        `/gateway/${key}/livelookup/default`,
        `/livelookup/${key}`,
        `/livelookup/k/${key}`,
        `/livelookup;${key}`,
        `/livelookup?key=${key}`,
        `/ajax/${key}/x`,
        `/push/${key}`,
        `/push/x/${key}`,
        `/readyz/${key}`,
      ]) {
        for (const headers of [{}, { Authorization: `Bearer ${OTHER_SECRET}` }]) await call(running, path, headers);
      }
    }
    expect(running.log.lines.length).toBeGreaterThan(100);
    const written = JSON.stringify(running.log.lines).toLowerCase();
    for (const piece of ['nother-secret', '-0f-level', 'secret-of-level']) expect(written).not.toContain(piece);
  });

  it('leaves the names of the gateway in the log, and what is nearly one', async () => {
    const running = await start({ access: { keys: KEYS } });
    for (const path of ['/livelookup/default', '/livelookup/defalt/x', '/something']) await call(running, path);
    const paths = running.log.lines.map(({ fields }) => fields['path']);
    expect(paths).toEqual(['/livelookup/default', '/livelookup/defalt/***', '/***']);
  });

  it('in part, or with more around it, is not in the log either', async () => {
    const secret = `${'0123456789abcdef'.repeat(4)}wxyz`;
    const running = await start({ access: { keys: [{ name: 'helpspot', secret }, ...KEYS] } });
    const pieces = [secret.slice(0, 60), `x${secret}`, secret.slice(1), `${secret}/more`].map(encodeURIComponent);
    for (const piece of [...pieces, secret.slice(0, 12)]) {
      for (const path of [`/livelookup/${piece}`, `/ajax/${piece}`, `/push/${piece}`, `/push/Direct/${piece}`]) {
        const { status, body } = await call(running, path, { Authorization: `Bearer ${OTHER_SECRET}` });
        expect([401, 404, 405]).toContain(status);
        if (piece.length > 40) expect(body).not.toContain('0123456789abcdef');
      }
    }
    const paths = running.log.lines.map(({ fields }) => fields['path']).filter((path) => path !== undefined);
    expect(paths).toContain('/push/***/***');
    expect(JSON.stringify(paths)).not.toContain('01234567');
    expect(JSON.stringify(running.log.lines)).not.toContain('0123456789abcdef');
  });

  it('is not asked for where none is configured', async () => {
    const running = await start();
    const answer = await call(running, '/k/anything/livelookup?customer_id=12', basic('anything'));
    expect(answer.status).toBe(200);
    expect(running.log.lines.at(-1)?.fields['caller']).toBeUndefined();
  });
});

it.each(['http://x', 'http://evil', 'HTTPS://user:word@gateway.example:8787', `http://${'long.'.repeat(40)}example`])(
  'a key in an absolute address (%s) is taken out too',
  async (origin) => {
    const { port, log } = await start({ access: { keys: KEYS } });
    const statuses = [];
    for (const path of [
      `/k/${ENCODED}/livelookup?customer_id=1001`,
      `/livelookup/default?key=${ENCODED}`,
      '/healthz',
      '?x',
      '',
    ]) {
      const answer = await raw(port, `GET ${origin}${path} HTTP/1.1\r\nConnection: close\r\n\r\n`);
      statuses.push(onlyAnswer(answer).status);
    }
    expect(statuses).toEqual([200, 200, 200, 404, 404]);
    expect(log.lines.map(({ fields }) => fields['path']).slice(-2)).toEqual(['/', '/']);
  },
);
