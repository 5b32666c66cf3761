import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { httpLimits } from '../../src/http/limits.ts';
import { openLedger } from '../../src/store/ledger.ts';
import { MANUAL_REQUEST } from '../helpspot/pushed-examples.ts';
import { SECRET } from './harness.ts';
import { type PushServer, startPushing } from './push-server.ts';

const said = z.object({ accepted: z.number(), reference: z.string(), error: z.string() }).partial();

const KEY_IN_PATH = `/k/${encodeURIComponent(SECRET)}`;

/** A webhook as HelpSpot posts it: every field of the request, and the note that set it off (manual, chapter 6). */
function form(more: Readonly<Record<string, string>> = {}): URLSearchParams {
  const { request_history: _history, ...fields } = MANUAL_REQUEST;
  const texts = Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]);
  return new URLSearchParams([...texts, ['tNote', 'The printer is on fire'], ...Object.entries(more)]);
}

async function call(
  server: PushServer,
  path: string,
  body: NonNullable<RequestInit['body']>,
  headers: Record<string, string> = {},
) {
  const init = { method: 'POST', body, headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers } };
  const answer = await fetch(`${server.url}${KEY_IN_PATH}${path}`, init);
  return { status: answer.status, body: said.parse(await answer.json()) };
}

describe('POST /webhooks/NAME', () => {
  // The three places where HelpSpot has the action (manual, chapter 6.1); what they send is the same.
  it.each([
    ['a trigger', { sTitle: 'Escalated', fNoteIsHTML: '0', fPublic: '1' }],
    ['an automation rule', { sTitle: 'Nobody answered', acting_person_xperson: '', acting_person_fname: '' }],
    ['a mail rule', { sTitle: 'From the boss', tNote: '<p>The printer is on fire</p>', fNoteIsHTML: '1' }],
  ])('of %s is taken, and delivered', async (_rule, more) => {
    const server = await startPushing();
    expect(await call(server, '/webhooks/escalations', form(more))).toEqual({
      status: 202,
      body: { accepted: 1, reference: expect.stringMatching(/^\w+$/) },
    });
    await expect
      .poll(() => server.target.tickets)
      .toMatchObject([{ title: more.sTitle, body: 'The printer is on fire' }]);
  });

  describe('without history', () => {
    const { request_history: _history, ...bare } = MANUAL_REQUEST;
    const without = { ...bare, sTitle: 'Printer & <co>' };
    const texts = (fields: object) =>
      new URLSearchParams(Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]));

    it('has its title and the way back for a body, and nothing where a template names notes', async () => {
      const usual = await startPushing({ plan: { body: undefined } });
      expect((await call(usual, '/webhooks/escalations', texts(without))).status).toBe(202);
      await expect
        .poll(() => usual.target.tickets)
        .toMatchObject([
          { title: 'Printer & <co>', body: expect.stringMatching(/^Printer & <co>\n\n\S+reqid=12400$/) },
        ]);
      const body =
        '[{{note}}{{latest_note}}{{latest_public_note}}{{all_notes}}{{files}}{{request_history}}] {{sEmail}}';
      const own = await startPushing({ plan: { body, title: '{{note}}' } });
      const sent = texts({ ...without, request_history: '', tNote: ' ' });
      expect((await call(own, '/webhooks/escalations', sent)).status).toBe(202);
      await expect
        .poll(() => own.target.tickets)
        .toMatchObject([{ title: 'HelpSpot request 12400', body: '[] bobjones@gmail.com' }]);
    });

    it('is another one for another request, and for another event of the same one', async () => {
      const server = await startPushing({ plan: { title: '{{xRequest}}', body: '' } });
      const sent = [
        without,
        without,
        { ...without, xRequest: 12401 },
        { ...without, xStatus: 2 },
        { ...without, iLastReplyBy: 9 },
        { ...without, acting_person_xperson: 9, acting_person_fname: 'Tom' },
      ];
      for (const fields of sent) expect((await call(server, '/webhooks/escalations', texts(fields))).status).toBe(202);
      expect((await call(server, '/webhooks/escalations?event=closed', texts(without))).status).toBe(202);
      await expect.poll(() => server.target.tickets.length).toBe(6);
      expect(server.log.lines.filter(({ message }) => message === 'the same push came again')).toHaveLength(1);
      expect(server.target.tickets.map(({ title }) => title).sort()).toEqual([
        ...Array.from({ length: 5 }, () => '12400'),
        '12401',
      ]);
    });
  });

  it('is stored before it is taken, though the other system is down', async () => {
    const server = await startPushing({ plan: { whenUnclear: 'repeat' } });
    server.target.down = true;
    expect((await call(server, '/webhooks/both', form())).body).toMatchObject({ accepted: 2 });
    expect((await server.gateway.pushes.figures())?.map(({ target }) => target).sort()).toEqual(['Later', 'Tickets']);
    server.target.down = false;
    await expect.poll(() => server.target.tickets.length, { timeout: 10_000 }).toBe(2);
  });

  it('may have fields in its address, and its key as well', async () => {
    const server = await startPushing({ plan: { title: '{{team}} {{key}}' } });
    const address = `${server.url}/webhooks/escalations?key=${encodeURIComponent(SECRET)}&team=second+level`;
    // HelpSpot may repeat the address's fields in the body; the key is no field in either.
    const answer = await fetch(address, { method: 'POST', body: form({ key: SECRET }) });
    expect(answer.status).toBe(202);
    await expect.poll(() => server.target.tickets).toMatchObject([{ title: 'second level' }]);
  });

  it('is read whole, however many fields it has, or refused', async () => {
    const server = await startPushing({ plan: { title: '{{last}}' } });
    const fields = (count: number) => Array.from({ length: count }, (_, index) => `f${index}=`).join('&');
    expect((await call(server, '/webhooks/escalations', `${fields(3_000)}&last=here`)).status).toBe(202);
    await expect.poll(() => server.target.tickets).toMatchObject([{ title: 'here' }]);
    const most = httpLimits.pushParameters;
    const endless = await call(server, '/webhooks/escalations', fields(most + 1));
    expect([endless.status, endless.body.error]).toEqual([
      413,
      `The webhook has more than ${most} fields, and the gateway reads no more; nothing was pushed`,
    ]);
    expect(server.target.asked).toHaveLength(1);
  });

  it('of half a megabyte and more is read elsewhere, in the same way', async () => {
    const server = await startPushing({ plan: { title: '{{last}}{{key}}{{__proto__}}' } });
    const padding = `pad=${'%FF'.repeat(200_000)}`;
    const most = httpLimits.pushParameters;
    const endless = await call(server, '/webhooks/escalations', `${padding}${'&f='.repeat(most)}`);
    expect([endless.status, endless.body.error]).toEqual([413, expect.stringContaining(`more than ${most} fields`)]);
    const sent = `${padding}&last=here&__proto__=too&key=${encodeURIComponent(SECRET)}`;
    expect((await call(server, '/webhooks/escalations', sent)).status).toBe(202);
    await expect.poll(() => server.target.tickets).toMatchObject([{ title: 'heretoo' }]);
    const empty = await call(server, '/webhooks/escalations', '&'.repeat(600_000));
    expect([empty.status, empty.body.error]).toEqual([400, expect.stringContaining('holds no field')]);
  });

  it('that has nothing but the key in it is none', async () => {
    const server = await startPushing();
    const { status, body } = await call(server, '/webhooks/escalations', `key=${encodeURIComponent(SECRET)}`);
    expect([status, body.error]).toEqual([400, expect.stringContaining('holds no field')]);
  });

  it('may be in an old encoding, and packed', async () => {
    const server = await startPushing();
    expect((await call(server, '/webhooks/escalations', 'xRequest=1&sTitle=M%FCller&tNote=x')).status).toBe(202);
    const packed = gzipSync(form({ xRequest: '2', sTitle: 'packed' }).toString());
    expect((await call(server, '/webhooks/escalations', packed, { 'Content-Encoding': 'gzip' })).status).toBe(202);
    await expect.poll(() => server.target.tickets.map(({ title }) => title).sort()).toEqual(['Müller', 'packed']);
  });

  it('may be as large as a mail, and not larger', async () => {
    const server = await startPushing();
    expect((await call(server, '/webhooks/escalations', form({ tNote: 'x'.repeat(9_000_000) }))).status).toBe(202);
    const { status, body } = await call(server, '/webhooks/escalations', form({ tNote: 'x'.repeat(17_000_000) }));
    expect([status, body]).toEqual([413, { error: expect.stringContaining('larger than the gateway reads (16 MB)') }]);
  });

  it('is refused with words when it is none', async () => {
    const server = await startPushing();
    const empty = await call(server, '/webhooks/escalations', '');
    expect([empty.status, empty.body.error]).toEqual([400, expect.stringContaining('holds no field')]);
    const json = await call(server, '/webhooks/escalations', '{}', { 'Content-Type': 'application/json' });
    expect([json.status, json.body.error]).toEqual([415, expect.stringContaining('x-www-form-urlencoded')]);
    const unknown = await call(server, '/webhooks/escalation', form());
    expect([unknown.status, unknown.body.error]).toEqual([404, expect.stringContaining('did you mean "escalations"?')]);
    const nothing = await call(server, '/webhooks/escalation', '');
    expect([nothing.status, nothing.body.error]).toEqual([404, unknown.body.error]);
    const unnamed = await call(server, '/webhooks', form());
    expect([unnamed.status, unnamed.body.error]).toEqual([404, expect.stringContaining('/webhooks/NAME')]);
    const got = await fetch(`${server.url}${KEY_IN_PATH}/webhooks/escalations`);
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    const keyless = await fetch(`${server.url}/webhooks/escalations`, { method: 'POST', body: form() });
    expect(keyless.status).toBe(401);
    expect(server.target.asked).toEqual([]);
  });

  it('is not taken when it cannot be stored', async () => {
    const server = await startPushing({ openLedger: () => openLedger('/proc/nowhere/gateway.db') });
    const { status, body } = await call(server, '/webhooks/escalations', form());
    expect([status, body.error]).toEqual([503, expect.stringContaining('could not store the push')]);
  });
});
