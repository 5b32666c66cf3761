/** Our PHP file, run by PHP as HelpSpot runs it, against the gateway over HTTP. */
import { describe, expect, it } from 'vitest';
import email from '../../adapters/email/index.ts';
import { textOfBytes } from '../../src/helpspot/bytes.ts';
import { MANUAL_REQUEST } from '../helpspot/pushed-examples.ts';
import { reasonOf } from '../support/packages.ts';
import { bytes, runPushJobs } from '../support/php-push.ts';
import { startMailServer } from '../support/smtp.ts';
import { startPhpGateway } from './php-gateway.ts';
import { failure, php, run } from './php-jobs.ts';
import { phpFile, startPushing } from './push-server.ts';

describe.skipIf(!php.ok)(`the PHP file${reasonOf(php)}`, () => {
  it('pushes the array of the manual, and shows details', async () => {
    const server = await startPushing({ plan: { fields: { project: '{{Custom5}}' } } });
    const file = await phpFile({ gateway: server.url });
    expect(await run({ file })).toEqual({ returned: '1', error: '' });
    expect(server.target.tickets).toMatchObject([
      { body: expect.stringMatching(/^Request history note\n/), fields: { project: 'Building 743' } },
    ]);
    const { returned: html, error } = await run({ file, details: '1' });
    expect(error).toBe('');
    expect(html).toContain('<b><a href=');
    expect(html).toContain('>open</td>');
  });

  it('can be included again and again by one HelpSpot, and forgets errors', async () => {
    if (!php.ok) return;
    const server = await startPushing();
    const file = await phpFile({ gateway: server.url });
    server.target.fault = (call) => (call === 1 ? 422 : undefined);
    const jobs = [1, 2, 3].map((xRequest) => ({ file, name: 'Tickets', push: { xRequest } }));
    server.target.said = 'Project "<b>Sup</b>"\n is unknown & closed';
    const [first, second, third] = await runPushJobs(php.path, jobs);
    expect(first?.error).toMatch(
      /^Tickets refused what was pushed: 'Project '‹b›Sup‹\/b›' is unknown & closed'; tell your administrator \(ref \w+\)$/,
    );
    expect([second, third]).toEqual([
      { returned: '1', error: '' },
      { returned: '2', error: '' },
    ]);
  });

  it('pushes empty arrays, and a request that HelpSpot left half empty', async () => {
    const server = await startPushing();
    const file = await phpFile({ gateway: server.url });
    const entry = { tNote: 'text', file: [] };
    expect((await run({ file, push: { xRequest: 1, Custom3: [], request_history: [] } })).returned).toBe('1');
    expect((await run({ file, push: { xRequest: '2', sTitle: null, request_history: [entry] } })).returned).toBe('2');
    expect(server.target.tickets.map(({ body }) => body)).toEqual(['', 'text']);
    expect(await failure(file, [])).toContain('holds no field');
  });

  it('loses nothing of text that is not UTF-8, beside text that is', async () => {
    const server = await startPushing({
      plan: { title: '{{sTitle}} {{sFirstName}} {{Custom1}}', body: '{{note}}|{{Custom2}}|' },
    });
    const file = await phpFile({ gateway: server.url });
    const high = Buffer.from(Array.from({ length: 128 }, (_, index) => index + 0x80));
    const push = {
      xRequest: 1,
      sTitle: bytes(Buffer.from('M\xfcller \x80 \x93x\x94 \x81', 'latin1')),
      sFirstName: 'Zoë €',
      Custom1: bytes(Buffer.from('\xe9', 'latin1')),
      Custom2: bytes(high),
      request_history: { 5: { tNote: bytes(Buffer.from('caf\xe9', 'latin1')) } },
    };
    expect((await run({ file, push })).error).toBe('');
    expect(server.target.tickets).toMatchObject([
      { title: 'Müller € “x” Zoë € é', body: `café|${textOfBytes(high)}|` },
    ]);
  });

  it('pushes ten megabytes, and says where it ends', async () => {
    const server = await startPushing();
    const file = await phpFile({ gateway: server.url });
    const request = (megabytes: number) => ({
      xRequest: megabytes,
      tNote: 'a line of mail\n'.repeat(megabytes * 70_000),
    });
    expect(await run({ file, push: request(10) })).toEqual({ returned: '1', error: '' });
    expect(await failure(file, request(17))).toContain('larger than the gateway reads (16 MB)');
  });

  it('gets an id of ours where the other system has one that is too long', async () => {
    const server = await startPushing();
    server.target.idOf = () => 'é'.repeat(300);
    const file = await phpFile({ gateway: server.url });
    const { returned: id = '' } = await run({ file });
    expect(id).toMatch(/^q-/);
    expect((await run({ file, details: id ?? '' })).returned).toContain('>open</td>');
    server.target.idOf = () => 'é'.repeat(255);
    expect((await run({ file, push: { xRequest: 9 } })).returned).toBe('é'.repeat(255));
  });

  it('pushes to any system that an adapter can speak to', async () => {
    const mailServer = await startMailServer();
    const [from, to] = ['gateway@example.com', 'sales@example.com'];
    const settings = { host: '127.0.0.1', port: mailServer.port, security: 'none', from, to };
    const helpSpot = await startPhpGateway(php, email, settings, { body: '{{note}} {{request_link}}' });
    const { returned: id, error } = await helpSpot.push({ ...MANUAL_REQUEST, sTitle: 'Zoë is on fire' });
    expect(error).toBe('');
    expect(id).not.toBeNull();
    expect(mailServer.mails).toHaveLength(1);
    expect((await helpSpot.details(id ?? '')).returned).toContain('Zoë is on fire');
  });

  it('pushes to a queue', async () => {
    const server = await startPushing();
    const file = await phpFile({ gateway: server.url, name: 'Later' });
    expect((await run({ file, name: 'Later' })).returned).toMatch(/^q-/);
    await expect.poll(() => server.target.tickets.length).toBe(1);
  });
});
