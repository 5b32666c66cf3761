/** TLS without a proxy, over real sockets, with certificates of `openssl`. */
import { once } from 'node:events';
import { chmod, copyFile, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, get } from 'node:https';
import { join, resolve } from 'node:path';
import { connect, TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { startServing } from '../../src/cli/serve.ts';
import { UserError } from '../../src/contract/index.ts';
import type { ServerTls } from '../../src/gateway/plan.ts';
import { hashPassword } from '../../src/http/console/password.ts';
import { tlsFindings } from '../../src/http/tls/certificate.ts';
import { until } from '../gateway/push/harness.ts';
import { type Certificate, makeAuthority, selfSigned, type TestAuthority } from '../support/certificates.ts';
import type { RecordedLog } from '../support/log.ts';
import { reasonOf, requireCommand } from '../support/packages.ts';
import { hasExtensions, runPhp } from '../support/php-process.ts';
import { temporaryFolder, temporaryFolderForAll } from '../support/temp.ts';
import { customersIn, dial, gatedSource, readAll, start } from './harness.ts';

const folder = await temporaryFolderForAll();
const php = await requireCommand(
  'php',
  ['php-cli', 'php-curl'],
  'calls over TLS as PHP makes them',
  hasExtensions('curl'),
);
let authority: TestAuthority;
let first: Certificate;
let second: Certificate;
let long: Certificate;
let tls: ServerTls;

beforeAll(async () => {
  authority = await makeAuthority(folder);
  first = await authority.issue('first');
  second = await authority.issue('second');
  long = await selfSigned(folder, 'long', { days: 100, extension: 'subjectAltName=DNS:localhost,DNS:*.example.com' });
  tls = filesOf(first);
});

afterEach(() => void vi.useRealTimers());

/** What the log says beside that a certificate of two days has two days left. */
const said = ({ lines }: RecordedLog) => lines.filter(({ message }) => !message.startsWith('somebody should look'));

const filesOf = ({ certificateFile, keyFile }: Certificate): ServerTls => ({ cert: certificateFile, key: keyFile });

/** A call on a connection of its own, unless there is an agent: the answer, and whose certificate came. */
function call(url: string, { ca = authority.certificate, agent = new Agent() } = {}) {
  return new Promise<{ body: string; subject: string; protocol: string | null; headers: IncomingHttpHeaders }>(
    (done, failed) => {
      get(url, { ca, agent }, async (answer) => {
        if (!(answer.socket instanceof TLSSocket)) throw new Error('no TLS');
        const { socket } = answer;
        const whose = { subject: String(socket.getPeerCertificate().subject.CN), protocol: socket.getProtocol() };
        let body = '';
        for await (const piece of answer) body += piece;
        done({ body, headers: answer.headers, ...whose });
      }).on('error', failed);
    },
  );
}

async function handshake(port: number, options: object = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', ca: authority.certificate, ...options });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

describe('serving', () => {
  it('answers over TLS 1.3 and 1.2 in HTTP/1.1, and prints https', async () => {
    const { url, port } = await start({ server: { tls } });
    expect(url).toBe(`https://127.0.0.1:${port}`);
    const answer = await call(`${url}/livelookup?customer_id=12`);
    expect(customersIn(answer.body)).toMatchObject([{ customer_id: '12' }]);
    expect([answer.subject, answer.protocol]).toEqual(['first', 'TLSv1.3']);
    const older = await handshake(port, { maxVersion: 'TLSv1.2', ALPNProtocols: ['h2', 'http/1.1'] });
    expect([older.getProtocol(), older.alpnProtocol]).toEqual(['TLSv1.2', 'http/1.1']);
    const oldest = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(handshake(port, oldest)).rejects.toThrow(/protocol version|no protocols/);
  });

  it.skipIf(!php.ok)(
    `is called by PHP as HelpSpot calls, which is told apart from one that does not trust${reasonOf(php)}`,
    async () => {
      const { url, log } = await start({ server: { tls } });
      const script = `
      $c = curl_init($argv[1]);
      curl_setopt_array($c, [CURLOPT_CAINFO => $argv[2], CURLOPT_RETURNTRANSFER => true]);
      echo json_encode([curl_exec($c), file_get_contents($argv[1], false, stream_context_create(['ssl' => ['cafile' => $argv[2]]]))]);
      curl_setopt_array($c, [CURLOPT_CAINFO => $argv[3], CURLOPT_FRESH_CONNECT => true]);
      if (curl_exec($c) !== false) echo 'was not refused';`;
      const files = [authority.certificateFile, long.certificateFile];
      const answers: unknown = JSON.parse(
        await runPhp(php.ok ? php.path : '', ['-r', script, `${url}/livelookup?customer_id=12`, ...files]),
      );
      for (const xml of z.tuple([z.string(), z.string()]).parse(answers)) {
        expect(customersIn(xml)).toMatchObject([{ customer_id: '12' }]);
      }
      await until(() => said(log).some(({ level }) => level === 'warn'));
      expect(said(log).find(({ level }) => level === 'warn')?.message).toContain('does not know the authority');
    },
  );

  it('ends handshakes that take too long, and makes room for who comes', async () => {
    const quick = await start({ server: { tls }, limits: { handshakeTimeoutMs: 50 } });
    const silent = await dial(quick.port);
    // The beginning of a hello whose rest never comes.
    silent.write(Buffer.from([22, 3, 1, 2, 0, 1]));
    expect(await readAll(silent)).toBe('');
    expect(said(quick.log)).toMatchObject([{ message: expect.stringContaining('took too long') }]);

    const { port, url } = await start({ server: { tls }, limits: { connections: 1 } });
    const waiting = await dial(port);
    const gone = once(waiting, 'close');
    expect((await call(`${url}/healthz`)).body).not.toBe('');
    await gone;
    // One that is in use is not ended, whatever knocks.
    const gate = gatedSource();
    const busy = await start({ server: { tls }, sources: [gate.source], limits: { connections: 1 } });
    const answer = call(`${busy.url}/livelookup?customer_id=12`);
    await gate.asked();
    await once(await dial(busy.port), 'close');
    gate.release();
    expect(customersIn((await answer).body)).toHaveLength(1);
  });

  it('tells somebody who may not call why', async () => {
    const { port } = await start({ server: { tls }, access: { networks: ['192.0.2.1'] } });
    for (const _time of [1, 2]) {
      expect((await call(`https://127.0.0.1:${port}/livelookup`)).body).toContain('may not call this gateway');
    }
  });

  it('says in the log who called with http', async () => {
    const { port, log } = await start({ server: { tls } });
    const plain = await dial(port);
    plain.write('GET /livelookup HTTP/1.1\r\nHost: x\r\n\r\n');
    await readAll(plain);
    expect(said(log).map(({ message }) => message)).toEqual([expect.stringContaining('write https:// in HelpSpot')]);
  });

  it('closes at once what is idle or in a handshake, and answers what is in use', async () => {
    const gate = gatedSource();
    const { port, url, server, log } = await start({ server: { tls }, sources: [gate.source] });
    const [knocking, unused] = [await dial(port), await handshake(port)];
    const agent = new Agent({ keepAlive: true });
    await call(`${url}/healthz`, { agent });
    const answer = call(`${url}/livelookup?customer_id=12`);
    await gate.asked();
    const ended = Promise.all([once(knocking, 'close'), once(unused, 'close')]);
    const closed = server.close();
    await ended;
    gate.release();
    expect(customersIn((await answer).body)).toHaveLength(1);
    await closed;
    agent.destroy();
    // Nothing had to be cut off.
    expect(said(log).filter(({ level }) => level === 'warn')).toEqual([]);
  });
});

describe('what cannot be served', () => {
  it('is refused at the start, with the file and what to do', async () => {
    const broken = join(folder, 'broken.pem');
    await writeFile(broken, '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n');
    const binary = join(folder, 'all.pfx');
    await writeFile(binary, Buffer.from('3082098f0201033082', 'hex'));
    const locked = await selfSigned(folder, 'locked', { passphrase: 'of nobody' });
    const cases: [Partial<ServerTls>, RegExp][] = [
      [
        { key: second.keyFile },
        /server\.tls\.key: .*second\.key is not the key of the first certificate in .*first\.pem/,
      ],
      [{ cert: broken }, /server\.tls\.cert: .*broken\.pem has no certificate in PEM form/],
      [{ cert: join(folder, 'none.pem') }, /server\.tls\.cert: .*none\.pem does not exist/],
      [{ key: tls.cert }, /server\.tls\.key: .*first\.pem has no private key/],
      [{ cert: binary }, /server\.tls\.cert: .*all\.pfx has no certificate.*openssl pkcs12 -in FILE -nokeys/],
      [{ key: binary }, /server\.tls\.key: .*all\.pfx has no private key.*openssl pkcs12 -in FILE -nocerts/],
      [filesOf(locked), /server\.tls\.key: .*locked\.key is encrypted.*openssl pkey/],
    ];
    for (const [files, words] of cases) {
      const error: unknown = await start({ server: { tls: { ...tls, ...files } } }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(UserError);
      expect(String(error)).toMatch(words);
      expect(String(error)).not.toContain('of nobody');
    }
  });

  it('is told by check: dates, names, permissions, the pair', async () => {
    const files = filesOf(long);
    await chmod(files.key, 0o600);
    const server = { host: '127.0.0.1', port: 0, deadlineMs: 5000, trustProxy: [] };
    const told = (more: object, days = 0) =>
      tlsFindings({ ...server, tls: files, ...more }, Date.now() + days * 86_400_000).map(
        ({ where, weight, sentence }) => `${weight} ${where}: ${sentence}`,
      );
    expect(tlsFindings(server)).toEqual([]);
    expect(told({ publicAddress: 'https://gateway.example.com' })).toEqual([]);
    expect(told({}, 85.5)).toEqual([]);
    expect(told({}, 87.5)).toEqual([expect.stringMatching(/^warning server\.tls\.cert: .*expires in 12 days, on 20/)]);
    expect(told({}, 101)).toEqual([expect.stringMatching(/^error server\.tls\.cert: .*expired on 20/)]);
    expect(told({}, -1)).toEqual([expect.stringMatching(/^error .*holds from .* on only/)]);
    for (const host of ['gateway.example.org', '192.0.2.1', '[::1]']) {
      const [only, ...others] = told({ publicAddress: `https://${host}:8443` });
      expect(only).toMatch(/^error server\.publicAddress: is .*for other names \(localhost, \*\.example\.com\)/);
      expect(others).toEqual([]);
    }
    expect(told({ publicAddress: 'http://localhost' })).toEqual([expect.stringContaining('speaks TLS')]);
    await chmod(files.key, 0o644);
    expect(told({})).toEqual([expect.stringMatching(/^warning server\.tls\.key: .*chmod o=/)]);
    expect(told({ tls: { ...files, key: tls.key } })).toEqual([
      expect.stringMatching(/^error server\.tls\.key: .* is not the key/),
    ]);
  });
});

describe('renewal', () => {
  it('serves the new pair without a failed call, as certbot puts it and as mv does, and keeps the old one for a broken one', async () => {
    const home = await temporaryFolder();
    const versions = join(home, 'archive');
    await mkdir(versions);
    const publish = async (name: string, cert: string, key: string) => {
      await copyFile(cert, join(versions, `${name}.pem`));
      await copyFile(key, join(versions, `${name}.key`));
      for (const [link, file] of [
        ['key.pem', `${name}.key`],
        ['cert.pem', `${name}.pem`],
      ] as const) {
        await symlink(join(versions, file), join(home, `${link}.new`));
        await rename(join(home, `${link}.new`), join(home, link));
      }
    };
    await publish('one', first.certificateFile, first.keyFile);
    await writeFile(join(home, 'people.csv'), 'customer_id\n12\n');
    const password = await hashPassword('the password of nobody');
    const configuration = (files: ServerTls) =>
      `server: { port: 0, publicAddress: "https://127.0.0.1", tls: ${JSON.stringify(files)} }
sources: { people: { adapter: csv, file: people.csv } }
lookups: { default: { sources: people } }
console: { users: [{ name: nobody, role: viewer, password: "${password}" }] }
access: { ratePerMinute: 0 }
`;
    await writeFile(join(home, 'gateway.yaml'), configuration({ cert: 'cert.pem', key: 'key.pem' }));
    let log = '';
    let welcome = '';
    const serving = await startServing(join(home, 'gateway.yaml'), {
      stdout: { write: (text) => (welcome += text) },
      stderr: { write: (text) => (log += text) },
      environment: {},
      packageRoot: resolve(import.meta.dirname, '../..'),
    });
    onTestFinished(() => serving.stop());
    expect(welcome).toContain('  default      https://127.0.0.1/livelookup\n');
    let isOver = false;
    const subjects = new Set<string>();
    const load = (async () => {
      while (!isOver) {
        const { body, subject } = await call(`${serving.url}/livelookup?customer_id=12`);
        expect(customersIn(body)).toEqual([expect.objectContaining({ customer_id: '12' })]);
        subjects.add(subject);
      }
    })();
    // A call that fails is what is wrong, and no certificate comes after it.
    const served = (subject: string) =>
      Promise.race([load, until(() => subjects.has(subject), `the certificate of ${subject}`)]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await call(`${serving.url}/healthz`, { agent });

    await publish('two', second.certificateFile, second.keyFile);
    await served('second');
    expect(log).toContain('the new certificate is served');
    // A connection from before goes on.
    expect((await call(`${serving.url}/healthz`, { agent })).subject).toBe('first');
    agent.destroy();

    // Key and certificate that do not belong together, for good.
    await writeFile(join(home, 'x.pem'), first.certificate);
    await rename(join(home, 'x.pem'), join(home, 'cert.pem'));
    await until(() => log.includes('the old one goes on serving'));
    expect(log.split('the old one goes on serving')).toHaveLength(2);
    expect(log).toMatch(/key\.pem is not the key of the first certificate in .*cert\.pem/);
    expect((await call(`${serving.url}/healthz`)).subject).toBe('second');

    await writeFile(join(home, 'x.key'), first.key);
    await rename(join(home, 'x.key'), join(home, 'key.pem'));
    subjects.clear();
    await served('first');

    // The configuration names other files.
    await writeFile(join(home, 'new.yaml'), configuration(filesOf(second)));
    await rename(join(home, 'new.yaml'), join(home, 'gateway.yaml'));
    subjects.clear();
    await served('second');
    isOver = true;
    await load;
    const { headers } = await call(`${serving.url}/console/language/de`);
    expect(headers['set-cookie']).toEqual([expect.stringContaining('; Secure')]);
  });

  it('keeps a certificate that is in force, when the new one is not', async () => {
    const files = { cert: join(folder, 'served.pem'), key: join(folder, 'served.key') };
    await copyFile(long.certificateFile, files.cert);
    await copyFile(long.keyFile, files.key);
    const { server, log } = await start({ server: { tls: files } });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 86_400_000 });
    await copyFile(first.certificateFile, files.cert);
    await copyFile(first.keyFile, files.key);
    expect(() => server.renewCertificate()).toThrow(/served\.pem is not in force today/);
    // Of two that are not, the newer one.
    vi.setSystemTime(Date.now() + 200 * 86_400_000);
    server.renewCertificate();
    expect(log.lines.map(({ message }) => message)).toContain('the new certificate is served');
    expect(log.lines.at(-1)?.fields).toMatchObject({ problem: expect.stringContaining('expired on') });
  });
});
