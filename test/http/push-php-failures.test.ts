/** What our PHP file says when something goes wrong between HelpSpot and the gateway. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KEY_PLACEHOLDER, phpString } from '../../src/helpspot/push-file.ts';
import { makeAuthority } from '../support/certificates.ts';
import { reasonOf } from '../support/packages.ts';
import { runPhp } from '../support/php-process.ts';
import { temporaryFolder } from '../support/temp.ts';
import { failure, php, run } from './php-jobs.ts';
import { phpFile, startOther, startPushing } from './push-server.ts';

/** TLS in front of a port of this machine, as a reverse proxy does it. Its port. */
async function startTls(
  port: number,
  certificate: { readonly certificate: string; readonly key: string },
): Promise<number> {
  const server = createTlsServer({ cert: certificate.certificate, key: certificate.key }, (socket) => {
    const behind = connect(port, '127.0.0.1');
    pipeline(socket, behind, socket, () => {
      socket.destroy();
      behind.destroy();
    });
  });
  server.on('tlsClientError', () => {});
  return listening(server);
}

async function listening(server: ReturnType<typeof createTcpServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP server');
  return address.port;
}

describe.skipIf(!php.ok)(`what goes wrong before the gateway${reasonOf(php)}`, () => {
  it('is a key that is wrong, or not there yet', async () => {
    const server = await startPushing();
    const words = 'The gateway does not accept the key in RequestPush-Tickets.php. Tell your administrator.';
    expect(await failure(await phpFile({ gateway: server.url, key: 'wrong' }))).toBe(words);
    expect(await failure(await phpFile({ gateway: server.url, key: '' }))).toBe(words);
    const missing = await phpFile({ gateway: server.url, key: KEY_PLACEHOLDER });
    expect(await failure(missing)).toContain('The key of the gateway is missing');
    expect((await run({ file: missing, details: '1' })).returned).toMatch(/^<p>The key of the gateway is missing/);
  });

  it('is a network that may not call', async () => {
    const server = await startPushing({ access: { networks: ['10.0.0.0/8'] } });
    expect(await failure(await phpFile({ gateway: server.url }))).toContain('takes no calls from this HelpSpot server');
  });

  it('is a push target that is none', async () => {
    const server = await startPushing();
    const file = await phpFile({ gateway: server.url, name: 'Ticket' });
    expect((await run({ file, name: 'Ticket' })).error).toContain("did you mean 'Tickets'?");
  });

  it('is a gateway that is down', async () => {
    const closed = await phpFile({ gateway: 'http://127.0.0.1:1' });
    expect(await failure(closed)).toMatch(
      /^The gateway at 127\.0\.0\.1:\d cannot be reached\. Nothing was pushed\. Try again in a minute, or tell your administrator\.$/,
    );
    expect((await run({ file: closed, details: '1' })).returned).toMatch(/cannot be reached\. Try again in a minute/);
    const nowhere = await phpFile({ gateway: 'http://gateway.invalid' });
    expect(await failure(nowhere)).toContain('The gateway at gateway.invalid cannot be reached. Nothing was pushed.');
  });

  it('is a gateway that does not answer, or breaks off', async () => {
    const late = await startOther((_request, response) => {
      setTimeout(() => response.end('{"id":"late"}'), 8_000).unref();
    });
    const file = await phpFile({ gateway: late, totalSeconds: 1 });
    expect(await failure(file)).toMatch(
      /did not answer in time\. It may have been pushed all the same: look in the other system before you push again\.$/,
    );
    const rude = await listening(createTcpServer((socket) => void socket.once('data', () => socket.destroy())));
    expect(await failure(await phpFile({ gateway: `http://127.0.0.1:${rude}` }))).toMatch(
      /broke \(curl error (?:52|56)\)\. It may have been pushed all the same/,
    );
  });

  it('is TLS with a certificate that nobody vouches for', async () => {
    const server = await startPushing();
    const folder = await temporaryFolder();
    const [authority, stranger] = [await makeAuthority(folder, 'ours'), await makeAuthority(folder, 'other')];
    const port = await startTls(server.port, await authority.issue('gateway'));
    const withCa = (path: string) => (text: string) => text.replace("CA_FILE = ''", `CA_FILE = ${phpString(path)}`);
    const gateway = `https://127.0.0.1:${port}`;
    const untrusted = /^The certificate of the gateway at 127\.0\.0\.1:\d+ is not trusted/;
    expect((await run({ file: await phpFile({ gateway }, withCa(authority.certificateFile)) })).returned).toBe('1');
    expect(await failure(await phpFile({ gateway }, withCa(stranger.certificateFile)))).toMatch(untrusted);
    expect(await failure(await phpFile({ gateway }))).toMatch(untrusted);
    expect(await failure(await phpFile({ gateway }, withCa(join(folder, 'gone.pem'))))).toContain('CA_FILE in');
    const otherName = await startTls(server.port, await authority.issue('other-name', ['gateway.example.com']));
    const file = await phpFile({ gateway: `https://127.0.0.1:${otherName}` }, withCa(authority.certificateFile));
    expect(await failure(file)).toMatch(untrusted);
    expect(server.target.asked).toHaveLength(1);
  });

  it('is something else at the address', async () => {
    const page = await startOther((_request, response) => {
      response
        .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
        .end('<html><script>alert(1)</script></html>');
    });
    const file = await phpFile({ gateway: page });
    expect(await failure(file)).toMatch(/^What answers at 127\.0\.0\.1:\d+ is not the gateway \(HTTP status 200\)/);
    expect((await run({ file, details: '1' })).returned).toMatch(/^<p>What answers at [^<>]*<\/p>$/);
    const asked: (string | undefined)[] = [];
    const moved = await startOther((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { Location: '/login' }).end();
    });
    expect(await failure(await phpFile({ gateway: moved }))).toContain('is not the gateway (HTTP status 302)');
    expect(asked).toEqual(['/push/Tickets']);
    const endless = await startOther((_request, response) => {
      response.on('error', () => {});
      const more = () => void response.write('x'.repeat(65_536), () => response.destroyed || more());
      more();
    });
    expect(await failure(await phpFile({ gateway: endless }))).toContain('larger than any answer of the gateway');
  });

  it.each([
    [408, /^The request did not reach the gateway at 127\.0\.0\.1:\d+ whole in time\. Try again/],
    [429, /^The gateway at 127\.0\.0\.1:\d+ is called too often\. Try again/],
    [503, /^The gateway at 127\.0\.0\.1:\d+ takes no calls at the moment\. Try again/],
    [404, /is not the gateway \(HTTP status 404\)/],
  ])('is status %d of a proxy, without words of the gateway', async (status, words) => {
    const proxy = await startOther((_request, response) => {
      response.writeHead(status, { 'Content-Type': 'text/html' }).end('<h1>Sorry</h1>');
    });
    const file = await phpFile({ gateway: proxy });
    expect(await failure(file)).toMatch(words);
    expect((await run({ file, details: '1' })).returned).toContain('<p>');
  });

  it('is an id that is none', async () => {
    const asked: (string | undefined)[] = [];
    const other = await startOther((request, response) => {
      asked.push(request.url);
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<table></table>');
    });
    const file = await phpFile({ gateway: other });
    const script = join(await temporaryFolder(), 'details.php');
    const code = 'define("cBASEPATH", "x"); require $argv[1]; (new RequestPush_Tickets())->details(["a"]);';
    await writeFile(script, `<?php error_reporting(E_ALL); ini_set('display_errors', '1'); ${code}`);
    const { stdout, stderr } = await promisify(execFile)(php.ok ? php.path : '', [script, file]);
    expect([stdout, stderr]).toEqual(['', '']);
    expect(asked).toEqual(['/push/Tickets/details?id=']);
  });

  it('is text that wants to be markup', async () => {
    const words = `<img src=x onerror="alert(1)"> \u0000\n& co. ${'é'.repeat(1_000)}`;
    const evil = await startOther((_request, response) => {
      response.writeHead(502, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error: words }));
    });
    const file = await phpFile({ gateway: evil });
    const said = await failure(file);
    expect(said).toMatch(/^‹img src=x onerror='alert\(1\)'› {2}& co\. é+$/);
    expect(Array.from(said)).toHaveLength(500);
    expect((await run({ file, details: '1' })).returned).toMatch(
      /^<p>‹img src=x onerror=&#039;alert\(1\)&#039;› {2}&amp; co\./,
    );
  });

  it('is a PHP without curl', async () => {
    if (!php.ok) return;
    const file = await phpFile({ gateway: 'http://127.0.0.1:1' });
    const code = `define('cBASEPATH', '/'); include ${phpString(file)}; $p = new RequestPush_Tickets(); var_dump($p->push([])); echo $p->errorMsg;`;
    expect(await runPhp(php.path, ['-n', '-r', code])).toBe(
      'NULL\nPHP on the HelpSpot server has no curl extension. Ask your administrator to install it (php-curl).',
    );
  });

  it('is somebody who opens the file in a browser', async () => {
    if (!php.ok) return;
    const file = await phpFile({ gateway: 'http://127.0.0.1:1' });
    expect(await runPhp(php.path, ['-r', `include ${phpString(file)}; echo 'It goes on.';`])).toBe('');
  });
});
