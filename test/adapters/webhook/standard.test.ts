/** The headers of Standard Webhooks, as those who take web hooks check them. */

import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import webhook from '../../../adapters/webhook/index.ts';
import { surelyNotDone } from '../../../src/contract/index.ts';
import { sourceErrorOf } from '../../support/failure-of.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { startSlack, startZapier } from '../../support/web/hooks.ts';
import { open, started } from './source.ts';

const KEY = Buffer.from('key of thirty-two bytes or so ...');
const WHSEC = `whsec_${KEY.toString('base64')}`;

/** The headers of a push with these settings, and what a receiver computes of them. */
async function sent(settings: object, key: Buffer | string = KEY) {
  const { standIn, url } = await started(startZapier);
  const target = await open({ url, json: { a: '{{title}}', b: 'ü 🔥' }, ...settings });
  const request = pushRequest({ title: '{timestamp} "\\' });
  await target.push(request, context());
  await target.push(request, context());
  const [first, second] = standIn.received.map(({ headers, text }) => {
    const header = (name: string) => headers[name]?.toString();
    const signed = `${header('webhook-id')}.${header('webhook-timestamp')}.${text()}`;
    const expected = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
    return { header, id: header('webhook-id'), signature: header('webhook-signature'), expected };
  });
  if (first === undefined || second === undefined) throw new Error('two pushes were sent');
  return { request, first, second };
}

describe('the headers of Standard Webhooks', () => {
  it('go with every push: one id for all of its attempts, and the time of each', async () => {
    const { request, first, second } = await sent({});
    expect([first.id, second.id]).toEqual([request.reference, request.reference]);
    expect(first.header('webhook-timestamp')).toMatch(/^\d{10}$/);
    expect(Math.abs(Number(first.header('webhook-timestamp')) * 1000 - Date.now())).toBeLessThan(60_000);
    expect(first.signature).toBeUndefined();
  });

  it.each([
    ['whsec_ and base64', WHSEC, KEY],
    ['whsec_ and base64 without its padding', WHSEC.replace(/=+$/, ''), KEY],
    ['any other text', 'pässword of the house', 'pässword of the house'],
  ])('are signed with a secret: %s', async (_, secret, key) => {
    const { first } = await sent({ secret }, key);
    expect(first.signature).toBe(first.expected);
  });

  it('leave the other signature and the key against repetitions as they are', async () => {
    const signature = { secret: 'another', header: 'X-Hub-Signature-256' };
    const { request, first } = await sent({ secret: WHSEC, signature, idempotencyHeader: 'Idempotency-Key' });
    expect(first.signature).toBe(first.expected);
    expect(first.header('x-hub-signature-256')).toMatch(/^sha256=[0-9a-f]{64}$/);
    expect(first.header('idempotency-key')).toBe(request.reference);
  });

  it('give way to those that the administrator names, which are what is signed', async () => {
    const headers = { 'Webhook-Id': 'request-{{xRequest}}', 'WEBHOOK-TIMESTAMP': '1' };
    const { first } = await sent({ secret: WHSEC, headers });
    expect([first.id, first.header('webhook-timestamp')]).toEqual(['request-12400', '1']);
    expect(first.signature).toBe(first.expected);
    const own = await sent({ secret: WHSEC, headers: { 'webhook-signature': 'mine' } });
    expect(own.first.signature).toBe('mine');
    const old = { secret: 'old', header: 'webhook-signature', format: 'v1,{base64}', over: '{body}' };
    const { first: before } = await sent({ secret: WHSEC, signature: old });
    expect(before.signature).toMatch(/^v1,/);
    expect(before.signature).not.toBe(before.expected);
  });

  it.each([
    ['whsec_', /no base64 after whsec_/],
    ['whsec_not base64!', /no base64 after whsec_/],
    ['whsec_abcde', /no base64 after whsec_/],
    ['whsk_AAAA', /v1a/],
    ['', /./],
  ])('need a secret that is one: %j', (secret, words) => {
    const { success, error } = webhook.settings.safeParse({ url: 'https://example.com/', secret });
    expect(success).toBe(false);
    expect(error?.issues[0]).toMatchObject({ path: ['secret'], message: expect.stringMatching(words) });
  });
});

describe('what is repeated', () => {
  const answered = async (reply: object, settings: object = {}) => {
    const { standIn, url } = await started(startZapier);
    const target = await open({ url, json: { a: '{{title}}' }, ...settings });
    standIn.faults = [reply];
    return sourceErrorOf(target.push(pushRequest(), context()));
  };

  it.each([500, 502, 504])('%i: an outage', async (status) => {
    const error = await answered({ status, body: 'down' });
    expect(error).toMatchObject({ kind: 'bad-response', lasting: false, gone: false });
    expect(surelyNotDone(error)).toBe(false);
  });

  it.each([408, 425, 429, 503])('%i: surely not done', async (status) => {
    const error = await answered({ status });
    expect(surelyNotDone(error)).toBe(true);
    expect(error.kind).not.toBe('rejected');
  });

  it.each([
    [{ body: {} }, { id: '$.id' }],
    [{ body: 'no json' }, { id: '$.id' }],
    [{ body: { ok: false } }, { success: { at: '$.ok' } }],
    [{ body: 'no' }, { success: { text: 'ok' } }],
    [{ status: 204 }, { success: { status: [200] } }],
    [{ status: 302, headers: { location: '/elsewhere' } }, {}],
  ])('not what was taken and answered with %j', async (reply, settings) => {
    const error = await answered(reply, settings);
    expect(error).toMatchObject({ kind: 'bad-response', lasting: true });
    expect(surelyNotDone(error)).toBe(false);
  });

  it('410 is the end of an address, but not of one thing of many', async () => {
    const reply = { status: 410, body: { message: 'moved on' } };
    const error = await answered(reply);
    expect(error).toMatchObject({ kind: 'rejected', gone: true, remedy: expect.stringContaining('new address') });
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ answered 410: .*: moved on$/);
    expect(surelyNotDone(error)).toBe(true);
    for (const query of [{ to: '{{xRequest}}' }, { to: ['a', '{{xRequest}}'] }]) {
      expect(await answered(reply, { query })).toMatchObject({ kind: 'rejected', gone: false });
    }
    const slack = await started(startSlack);
    const archived = await open({ ...slack.settings, json: { text: 'x', channel: '#archived' } });
    expect(await sourceErrorOf(archived.push(pushRequest(), context()))).toMatchObject({ gone: true });
  });

  it('is repeated unless the push target says otherwise', () => {
    expect(webhook.push?.whenUnclear).toBe('repeat');
    const settings = webhook.settings.parse({ url: 'https://example.com/', idempotencyHeader: 'Idempotency-Key' });
    expect(webhook.pushOf?.(settings)).toMatchObject({ whenUnclear: 'repeat', idempotent: true });
  });
});
