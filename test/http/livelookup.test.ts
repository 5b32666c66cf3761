import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../../src/contract/index.ts';
import type { LookupPlan } from '../../src/gateway/lookup/plan.ts';
import { memorySystem } from '../support/memory-adapter.ts';
import { memorySource } from '../support/plans.ts';
import { customersIn, errorIn, gatedSource, KEYS, onlyAnswer, raw, SECRET, start } from './harness.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('GET', () => {
  it('answers the default lookup and a named one', async () => {
    const { url } = await start();
    for (const path of ['/livelookup', '/livelookup/', '/livelookup/default', '/LiveLookup/default']) {
      const answer = await fetch(`${url}${path}?customer_id=12`);
      expect(answer.status).toBe(200);
      expect(customersIn(await answer.text())).toEqual([
        { customer_id: '12', first_name: 'Bob', email: 'bob@example.com' },
      ]);
    }
  });

  it('is not cached, not guessed at, and says nothing of its making', async () => {
    const { url } = await start();
    const { headers } = await fetch(`${url}/livelookup?customer_id=12`);
    expect(headers.get('content-type')).toBe('text/xml; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.has('x-powered-by')).toBe(false);
    expect(headers.has('etag')).toBe(false);
  });

  it('hands on what the line holds: a later ?, UTF-8, Latin-1, raw bytes and broken escapes', async () => {
    const { port, system } = await start();
    const ask = async (query: Buffer | string) => {
      const line = Buffer.concat([Buffer.from('GET /livelookup?customer_id=12&'), Buffer.from(query)]);
      await raw(port, Buffer.concat([line, Buffer.from(' HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')]));
      return system.queries.at(-1)?.parameters;
    };
    expect(await ask('a=1?b=2?c=3')).toMatchObject({ a: '1', b: '2', c: '3' });
    expect(await ask('name=M%C3%BCller')).toMatchObject({ name: 'Müller' });
    expect(await ask('name=M%FCller')).toMatchObject({ name: 'Müller' });
    expect(await ask(Buffer.from('name=Müller', 'utf8'))).toMatchObject({ name: 'Müller' });
    expect(await ask(Buffer.from('name=Müller', 'latin1'))).toMatchObject({ name: 'Müller' });
    expect(await ask('name=100%&x=%zz')).toMatchObject({ name: '100%', x: '%zz' });
    expect(await ask('__proto__=x&constructor=y')).toMatchObject({ constructor: 'y' });
  });

  it.each(['GET', 'POST'])('says in the answer and the log that parameters of a %s were not read', async (method) => {
    const { url, log } = await start();
    const ask = async (count: number) => {
      const sent = `customer_id=12${'&x=1'.repeat(count - 1)}`;
      const get = () => fetch(`${url}/livelookup?${sent}`);
      const answer = await (method === 'GET'
        ? get()
        : fetch(`${url}/livelookup`, { method, headers: FORM, body: sent }));
      return answer.text();
    };
    const told = () => log.lines.filter(({ message }) => message === 'a call has more parameters than are read');
    expect([(await ask(2_000)).includes('more than 2000 fields'), told()]).toEqual([false, []]);
    expect(await ask(2_001)).toContain('The call has more than 2000 fields, of which the gateway reads no more');
    expect(told()).toMatchObject([{ level: 'warn', fields: { read: 2_000, lookup: 'default' } }]);
  });

  it('takes a line of 200 KB', async () => {
    const { url, system } = await start();
    const text = 'x'.repeat(200_000);
    const answer = await fetch(`${url}/livelookup?customer_id=12&Custom5=${text}`);
    expect(answer.status).toBe(200);
    expect(system.queries[0]?.parameters['Custom5']).toBe(text);
  });

  it('takes an absolute address, and a call without Host', async () => {
    const { port } = await start();
    for (const host of [
      'evil',
      'x',
      'gateway.example',
      'gateway.example:8787',
      '[::1]:8787',
      'a-name-of-some-length',
    ]) {
      const absolute = `GET http://${host}/livelookup?customer_id=12 HTTP/1.1\r\nConnection: close\r\n\r\n`;
      expect([host, onlyAnswer(await raw(port, absolute)).status]).toEqual([host, 200]);
    }
    const old = onlyAnswer(await raw(port, 'GET /livelookup?customer_id=12 HTTP/1.0\r\n\r\n'));
    expect(customersIn(old.body)).toMatchObject([{ customer_id: '12' }]);
  });

  it('is answered without a body to HEAD', async () => {
    const { url, system } = await start();
    const answer = await fetch(`${url}/livelookup?customer_id=12`, { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(50);
    expect(system.queries).toHaveLength(1);
  });
});

describe('POST', () => {
  it('reads the address and the body as one, and the body wins', async () => {
    const { url, system } = await start();
    const answer = await fetch(`${url}/livelookup?customer_id=7&email=a%40b.c`, {
      method: 'POST',
      headers: { 'content-type': 'Application/X-WWW-form-urlencoded; charset=UTF-8' },
      body: 'customer_id=12&first_name=M%FCller',
    });
    expect(customersIn(await answer.text())).toMatchObject([{ customer_id: '12' }]);
    expect(system.queries[0]?.parameters).toMatchObject({ customer_id: '12', email: 'a@b.c', first_name: 'Müller' });
  });

  it('takes no body at all, an empty one, one in pieces and a compressed one', async () => {
    const { url, port } = await start();
    const address = `${url}/livelookup?customer_id=12`;
    const head = 'POST /livelookup?customer_id=12 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n';
    for (const rest of ['\r\n', 'Content-Length: 0\r\n\r\n']) {
      expect(customersIn(onlyAnswer(await raw(port, head + rest)).body)).toMatchObject([{ customer_id: '12' }]);
    }
    const chunked = `${head}Content-Type: ${FORM['content-type']}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ncusto\r\na\r\nmer_id=12&\r\n0\r\n\r\n`;
    expect(customersIn(onlyAnswer(await raw(port, chunked)).body)).toMatchObject([{ customer_id: '12' }]);
    const gzip = { ...FORM, 'content-encoding': 'gzip' };
    const zipped = await fetch(address, { method: 'POST', headers: gzip, body: gzipSync('email=BOB@example.com') });
    expect(customersIn(await zipped.text())).toMatchObject([{ customer_id: '12' }]);
  });

  it('says which bodies it cannot read', async () => {
    const { url } = await start();
    const post = async (headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer>) => {
      const answer = await fetch(`${url}/livelookup`, { method: 'POST', headers, body });
      return [answer.status, errorIn(await answer.text())];
    };
    expect(await post({ 'content-type': 'application/json' }, '{"customer_id":12}')).toEqual([
      415,
      'The body of the call came as application/json; send it as application/x-www-form-urlencoded',
    ]);
    const [status, words] = await post({ 'content-type': '' }, Buffer.from('customer_id=12'));
    expect([status, words]).toEqual([415, expect.stringContaining('without a Content-Type')]);
    expect(await post({ ...FORM, 'content-encoding': 'gzip' }, 'this is not gzip')).toEqual([
      400,
      expect.stringContaining('Content-Encoding'),
    ]);
    expect(await post({ ...FORM, 'content-encoding': 'rot13' }, 'x=1')).toEqual([
      415,
      expect.stringContaining('gzip, deflate or br'),
    ]);
  });

  it('reads a form of a megabyte as a small one', async () => {
    const { url, system } = await start();
    const note = '%-'.repeat(500_000);
    const body = `customer_id=12&__proto__=x&note=${note}`;
    const answer = await fetch(`${url}/livelookup`, { method: 'POST', headers: FORM, body });
    expect(answer.status).toBe(200);
    expect(Object.entries(system.queries[0]?.parameters ?? {})).toEqual([
      ['customer_id', '12'],
      ['__proto__', 'x'],
      ['note', note],
    ]);
  });

  it('refuses more than 8 MB, unpacked too', async () => {
    const { url } = await start();
    const large = `customer_id=12&note=${'x'.repeat(8 * 1024 * 1024)}`;
    const plain = await fetch(`${url}/livelookup`, { method: 'POST', headers: FORM, body: large });
    expect([plain.status, errorIn(await plain.text())]).toEqual([413, expect.stringContaining('8 MB')]);
    const headers = { ...FORM, 'content-encoding': 'gzip' };
    const bomb = await fetch(`${url}/livelookup`, { method: 'POST', headers, body: gzipSync(large) });
    expect([bomb.status, errorIn(await bomb.text())]).toEqual([413, expect.stringContaining('8 MB')]);
  });
});

describe('a body that is too large and does not end', () => {
  const answerTo = async (path: string, type: string, headers: string, sent: string) => {
    const { port } = await start({ limits: { lingerMs: 50 } });
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\n${headers}\r\n\r\n`;
    return onlyAnswer(await raw(port, head + sent));
  };

  it.each([
    ['plain', ''],
    ['packed', 'Content-Encoding: gzip\r\n'],
  ])('is refused for its Content-Length: %s', async (_name, encoding) => {
    const length = `${encoding}Content-Length: ${9 * 1024 * 1024}`;
    const answer = await answerTo('/livelookup', FORM['content-type'], length, 'customer_id=12');
    expect([answer.status, errorIn(answer.body)]).toEqual([413, expect.stringContaining('8 MB')]);
  });

  it('is refused for what has come of it', async () => {
    const size = 8 * 1024 * 1024 + 1;
    const chunk = `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`;
    const answer = await answerTo('/livelookup', FORM['content-type'], 'Transfer-Encoding: chunked', chunk);
    expect([answer.status, errorIn(answer.body)]).toEqual([413, expect.stringContaining('8 MB')]);
  });
});

describe('other calls', () => {
  it('are refused with what to use instead', async () => {
    const { url, log } = await start();
    for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const answer = await fetch(`${url}/livelookup/default?customer_id=12`, { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
      expect(errorIn(await answer.text())).toBe(`This address takes GET and POST, not ${method}`);
    }
    expect(log.lines[0]).toEqual({
      level: 'info',
      message: 'call refused: This address takes GET and POST, not PUT',
      fields: { status: 405, address: '127.0.0.1', method: 'PUT', path: '/livelookup/default', caller: undefined },
    });
  });

  it('that ask for what is not there get help', async () => {
    const { url } = await start();
    const name = await fetch(`${url}/livelookup/defalt?customer_id=12`);
    expect([name.status, errorIn(await name.text())]).toEqual([404, expect.stringContaining('did you mean "default"')]);
    const deep = await fetch(`${url}/livelookup/a/b`);
    expect([deep.status, errorIn(await deep.text())]).toEqual([404, expect.stringContaining('/livelookup/NAME')]);
    const broken = await fetch(`${url}/livelookup/%E4`);
    expect([broken.status, errorIn(await broken.text())]).toEqual([400, expect.stringContaining('not UTF-8')]);
    const elsewhere = await fetch(`${url}/livelookups`);
    expect(elsewhere.status).toBe(404);
    expect(elsewhere.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await elsewhere.text()).toContain('Live Lookup is at /livelookup/NAME');
    const withKey = await fetch(`${url}/k/x/nowhere`);
    expect([withKey.status, errorIn(await withKey.text())]).toEqual([404, expect.stringContaining('/k/KEY/')]);
  });
});

describe('failures', () => {
  it('have an honest status and tell when to come back', async () => {
    const error = new SourceError('rate-limited', 'slow down', { retryAfterMs: 6500 });
    const { url } = await start({ sources: [memorySource('CRM', Object.assign(memorySystem(), { error }))] });
    const answer = await fetch(`${url}/livelookup?customer_id=12`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '7']);
    expect(errorIn(await answer.text())).toMatch(
      /^CRM asks us to slow down; try again in 7 seconds \(ref [0-9a-f]+\)$/,
    );
  });

  it('of our own are answered with a reference, and the stack is only in the log', async () => {
    const lookups = new (class extends Map<string, LookupPlan> {
      override get(): never {
        throw new TypeError('broken <by> design');
      }
    })();
    const { url, log } = await start({ access: { keys: KEYS }, plan: { lookups } });
    const path = `/k/${encodeURIComponent(SECRET)}/livelookup`;
    const answer = await fetch(`${url}${path}?customer_id=12`);
    const words = errorIn(await answer.text());
    expect(answer.status).toBe(500);
    const reference = /\(ref ([0-9a-f]{4,8})\)$/.exec(words)?.[1];
    expect(words).not.toContain('broken');
    const line = log.lines.find(({ level }) => level === 'error');
    expect(line?.fields).toMatchObject({ reference, path: '/livelookup', problem: 'broken <by> design' });
    expect(line?.fields['stack']).toContain('livelookup.test.ts');
  });
});

describe('a caller who hangs up', () => {
  it('ends the lookup', async () => {
    const gate = gatedSource();
    const { port, log } = await start({ sources: [gate.source] });
    const call = request({ port, host: '127.0.0.1', path: '/livelookup?customer_id=12' });
    call.on('error', () => undefined);
    call.end();
    await gate.asked();
    const [signal] = gate.signals;
    const aborted = new Promise<void>((done) => signal?.addEventListener('abort', () => done()));
    call.destroy();
    await aborted;
    expect(signal?.reason).toEqual(new Error('the caller has hung up'));
    expect(log.lines.filter(({ message }) => message.includes('call failed by a bug'))).toEqual([]);
  });
});
