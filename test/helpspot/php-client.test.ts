import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Customer, LookupAnswer } from '../../src/helpspot/answer.ts';
import { parseArguments } from '../../src/helpspot/arguments.ts';
import { writeLookup, writeLookupError } from '../../src/helpspot/lookup-xml.ts';
import { mergeParameters, type Parameters, parseForm, parseQuery } from '../../src/helpspot/parameters.ts';
import { elementName } from '../../src/helpspot/xml-name.ts';
import { reasonOf } from '../support/packages.ts';
import { phpClient, requirePhp } from '../support/php.ts';
import { readLookup } from '../support/xml.ts';
import { anyContent, nastyText, textContent } from './nasty.ts';

const available = await requirePhp();

const NASTY = {
  customer_id: '12',
  first_name: 'Zoë',
  last_name: "O'Brien & Söhne <3",
  email: '',
  phone: '+1 (845) 555-4278',
  Custom10: 'line one\nline two 100% ? = # ; "q" \\ $HOME `id`',
  Custom2: '日本 😀',
  request: 'x'.repeat(60_000),
};

/** What the server was asked, and answers with: every parameter as a field of one customer. */
function echo(parameters: Parameters): Promise<string> {
  const customer: Customer = Object.entries(parameters).map(([name, text]) => ({
    name,
    content: { kind: 'text', text },
  }));
  return writeLookup({ columns: ['first_name', 'Custom2'], customers: [customer], notices: [] });
}

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const url = request.url ?? '';
  if (url.startsWith('/broken'))
    return void response.end('<livelookup version="1.0"><customer>&nbsp;</customer></livelookup>');
  if (url.startsWith('/failed'))
    return void response.writeHead(502).end(writeLookupError('The directory <dc1> is down'));
  const start = url.indexOf('?');
  const query = parseQuery(start < 0 ? '' : url.slice(start + 1));
  const parameters = mergeParameters(query, parseForm(Buffer.concat(chunks)));
  response.end(await echo({ ...parameters, agent: request.headers['user-agent'] ?? '', method: request.method ?? '' }));
}

describe.skipIf(!available.ok)(`HelpSpot’s client in PHP${reasonOf(available)}`, () => {
  const php = phpClient(available.ok ? available.path : '');
  let server: Server;
  let base: string;
  let folder: string;

  beforeAll(async () => {
    server = createServer({ maxHeaderSize: 1024 * 1024 }, (request, response) => {
      respond(request, response).catch((error: unknown) =>
        response.destroy(error instanceof Error ? error : undefined),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    base = `http://127.0.0.1:${address.port}`;
    folder = await mkdtemp(join(tmpdir(), 'php client '));
  });
  afterAll(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  /** NASTY as the echo shows it: standard names first, insertable as it is, the rest escaped. */
  const { email: _empty, ...shown } = NASTY;
  const expected = { ...shown, last_name: "O'Brien & Söhne <3" };

  it('asks by GET, with the query string of the configured address merged in', async () => {
    const result = await php.lookup({ mode: 'get', url: `${base}/livelookup?key=abc`, parameters: NASTY });
    expect(result).toEqual({
      status: 200,
      columns: ['first_name', 'Custom2'],
      customers: [{ ...expected, key: 'abc', agent: 'HelpSpot HTTP Service', method: 'GET' }],
    });
  });

  it('asks by POST, with a second ? in the address', async () => {
    const result = await php.lookup({ mode: 'post', url: `${base}/livelookup?key=abc`, parameters: NASTY });
    expect(result).toMatchObject({ customers: [{ ...expected, key: 'abc', method: 'POST' }] });
  });

  it('reads an answer whatever its status', async () => {
    const result = await php.lookup({ mode: 'get', url: `${base}/failed`, parameters: {} });
    expect(result).toEqual({
      status: 502,
      columns: null,
      customers: [{ lookup_error: 'The directory &lt;dc1&gt; is down' }],
    });
  });

  it('says what HelpSpot says of an answer that is no XML', async () => {
    const result = await php.lookup({ mode: 'get', url: `${base}/broken`, parameters: {} });
    expect(result).toMatchObject({ error: expect.stringContaining('XML Parser Returned Error') });
  });

  it('passes arguments by name and by position to a command with a space in its path', async () => {
    const program = join(folder, 'show arguments.mjs');
    const show = 'process.stdout.write(JSON.stringify(process.argv.slice(2)))';
    const wrap = `'<livelookup version="1.0"><customer><argv>' + encodeURIComponent(JSON.stringify(process.argv.slice(2))) + '</argv></customer></livelookup>'`;
    await writeFile(program, show.replace('JSON.stringify(process.argv.slice(2))', wrap));
    const command = `'${process.execPath}' '${program}'`;
    const results = await php.lookups([
      { mode: 'named', command, parameters: NASTY },
      { mode: 'positional', command, parameters: NASTY },
    ]);
    const parsed = results.map((result) => {
      if (!('customers' in result)) throw new Error(result.error);
      const argv: string[] = JSON.parse(decodeURIComponent(result.customers[0]?.['argv'] ?? ''));
      return { ...parseArguments(argv, { customFields: [2, 10] }) };
    });
    const { request: _request, ...positional } = NASTY;
    expect(parsed).toEqual([NASTY, positional]);
  });

  it('reads every answer as the strict parser does', async () => {
    const fields = fc.record({
      name: fc.oneof(fc.constantFrom('email', 'Custom1', 'note'), nastyText),
      content: fc.oneof(textContent, anyContent),
    });
    const answers: LookupAnswer[] = fc.sample(
      fc.record({
        columns: fc.array(nastyText, { maxLength: 3 }),
        customers: fc.array(fc.array(fields, { maxLength: 6 }), { maxLength: 3 }),
        notices: fc.array(nastyText, { maxLength: 2 }),
      }),
      1_500,
    );
    const written = await Promise.all(answers.map((answer) => writeLookup(answer)));
    const results = await php.read(written);
    for (const [index, xml] of written.entries()) {
      const { columns, customers } = readLookup(xml);
      expect(results[index], xml).toEqual({
        columns: columns ?? null,
        customers: customers.map((each) => ({ ...each })),
      });
    }
  });

  it('accepts every character that is left in an element name', async () => {
    const letters: string[] = [];
    for (let code = 0x20; code <= 0xffff; code += 1) {
      const letter = String.fromCharCode(code);
      if (elementName(`a${letter}`) === `a${letter}`) letters.push(letter);
    }
    expect(letters.length).toBeGreaterThan(30_000);
    const customer: Customer = letters.map((letter) => ({
      name: `${letter}a`,
      content: { kind: 'text', text: letter },
    }));
    const xml = await writeLookup({ columns: [], customers: [customer], notices: [] });
    const [result] = await php.read([xml]);
    if (result === undefined || !('customers' in result)) throw new Error(result?.error);
    expect(Object.values(result.customers[0] ?? {}).sort()).toEqual(
      Object.values(readLookup(xml).customers[0] ?? {}).sort(),
    );
  });
});
