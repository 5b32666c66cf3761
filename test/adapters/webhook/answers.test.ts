/** What answers say, what is signed, and how things stand. */

import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { surelyNotDone } from '../../../src/contract/index.ts';
import { sourceErrorOf } from '../../support/failure-of.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { ISSUES_TOKEN, startIssues, startSlack, startZapier } from '../../support/web/hooks.ts';
import { open, started } from './source.ts';

describe('the answer', () => {
  const answered = async (settings: object, reply: object) => {
    const zapier = await started(startZapier);
    const target = await open({ url: zapier.url, json: { t: '{{title}}' }, ...settings });
    zapier.standIn.faults = [reply];
    return target.push(pushRequest(), context());
  };

  it('gives id and link by path, header or address', async () => {
    const headers = { location: '/things/9' };
    const body = { thing: { number: 9, page: 'https://app.example.com/9', bad: 'javascript:alert(1)' } };
    const reply = { status: 201, headers, body };
    expect(await answered({ id: 'thing.number', link: '$.thing.page' }, reply)).toEqual({
      id: '9',
      link: 'https://app.example.com/9',
    });
    expect(await answered({ id: { header: 'Location' }, link: '$.thing.bad' }, reply)).toEqual({ id: '/things/9' });
    const link = 'https://app.example.com/{{id}}?from={{xRequest}}&x={{Custom9}}';
    expect(await answered({ id: { header: 'Location' }, link }, reply)).toEqual({
      id: '/things/9',
      link: 'https://app.example.com/%2Fthings%2F9?from=12400',
    });
    const location = { status: 201, headers: { location: 'https://api.example.com/items/a%20b/?x=/1' } };
    expect(await answered({ id: { header: 'location', take: 'last' } }, location)).toEqual({ id: 'a b' });
    // A number that JavaScript would round.
    expect(
      await answered({ id: '$.id' }, { body: '{"id": 12345678901234567891, "s": "12345678901234567891x"}' }),
    ).toEqual({
      id: '12345678901234567891',
    });
    const xml = { headers: { 'content-type': 'text/xml' }, body: '<r xmlns="urn:x"><id>A-1</id></r>' };
    expect(await answered({ id: '/r/id', format: 'xml' }, xml)).toEqual({ id: 'A-1' });
  });

  it('without the id that should be in it is a bad response, and may have been done', async () => {
    for (const body of [{}, { id: null }, { id: { a: 1 } }, { id: '' }, { id: 'x'.repeat(3000) }]) {
      const error = await sourceErrorOf(answered({ id: '$.id' }, { body }));
      expect(error).toMatchObject({ kind: 'bad-response', message: expect.stringContaining('without an id at $.id') });
      expect(surelyNotDone(error)).toBe(false);
    }
    await sourceErrorOf(answered({ id: { header: 'Location' } }, { body: {} }));
    await sourceErrorOf(answered({ id: '$.id' }, { body: 'no json' }));
  });

  it('with status 200 can be a refusal', async () => {
    const refused = await sourceErrorOf(
      answered({ error: '$.errors' }, { body: { errors: ['title is too long', { code: 5 }] } }),
    );
    expect(refused.message).toContain('title is too long; {"code":5}');
    expect(surelyNotDone(refused)).toBe(true);
    const unsuccessful = await sourceErrorOf(
      answered({ success: { at: '$.ok' } }, { body: { ok: false, error: 'rate' } }),
    );
    expect(unsuccessful).toMatchObject({
      kind: 'bad-response',
      message: expect.stringContaining('(false at $.ok): rate'),
    });
    await answered({ success: { at: '$.ok' }, error: '$.error' }, { body: { ok: true, error: '' } });
  });

  it('may be a redirect only if the settings say so', async () => {
    const reply = { status: 302, headers: { location: 'https://login.example.com/' } };
    expect(await sourceErrorOf(answered({}, reply))).toMatchObject({ kind: 'bad-response' });
    await answered({ success: { status: [302] } }, reply);
  });
});

describe('a signature', () => {
  it('is over exactly what is sent', async () => {
    const issues = await started(startIssues);
    const target = await open(issues.settings);
    const request = pushRequest({ title: 'ü 🔥 {body} {timestamp}', body: '"\\' });
    expect(await target.push(request, context())).toEqual({ id: '1', link: 'https://issues.example.com/issues/1' });
    const wrong = await open({ ...issues.settings, signature: { secret: 'another', header: 'X-Hub-Signature-256' } });
    expect(await sourceErrorOf(wrong.push(request, context()))).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('bad signature'),
    });
  });

  it('can hold time and reference, as Stripe and Standard Webhooks have it', async () => {
    const { standIn, url } = await started(startZapier);
    const key = Buffer.from('key of thirty-two bytes or so ...');
    const signature = {
      secret: `whsec_${key.toString('base64')}`,
      secretEncoding: 'base64',
      header: 'webhook-signature',
      format: 'v1,{base64}',
      over: '{reference}.{timestamp}.{body}',
      timestampHeader: 'webhook-timestamp',
    };
    const target = await open({ url, json: { a: '{{title}}' }, signature, headers: { 'webhook-id': '{{reference}}' } });
    await target.push(pushRequest({ title: '{timestamp}' }), context());
    const [received] = standIn.received;
    const header = (name: string) => String(received?.headers[name]);
    const signed = `${header('webhook-id')}.${header('webhook-timestamp')}.${received?.text()}`;
    const digest = createHmac('sha256', key).update(signed).digest('base64');
    expect(header('webhook-signature')).toBe(`v1,${digest}`);
    expect(Math.abs(Number(header('webhook-timestamp')) * 1000 - Date.now())).toBeLessThan(60_000);
  });
});

describe('details', () => {
  it('are what the other system says now', async () => {
    const issues = await started(startIssues);
    const target = await open(issues.settings);
    const { id } = await target.push(pushRequest(), context());
    expect(await target.details?.(id, context())).toEqual({
      title: 'Printer on fire',
      link: 'https://issues.example.com/1',
      rows: [
        { label: 'Status', value: 'open' },
        { label: 'Votes', value: 3 },
        { label: 'Labels', value: ['printer', 'fire'] },
        { label: 'Nothing', value: undefined },
      ],
    });
    for (const gone of ['77', '..', '.', '../me']) expect(await target.details?.(gone, context())).toBeUndefined();
  });

  it('are no details when the answer says what went wrong, or is none', async () => {
    const issues = await started(startIssues);
    const target = await open({ ...issues.settings, error: '$.error' });
    issues.standIn.faults = [
      { body: { error: 'try later' } },
      'garbage',
      { status: 500, body: { error: 'try later' } },
    ];
    for (const expected of [/answered: try later/, /no JSON/, /500 to GET .*try later/]) {
      await expect(target.details?.('1', context())).rejects.toThrow(expected);
    }
  });

  it('are not there without the setting', async () => {
    const { settings } = await started(startSlack);
    expect(await open(settings)).not.toHaveProperty('details');
  });

  it('get credentials of their own, and none of another host’s', async () => {
    const issues = await started(startIssues);
    const elsewhere = await started(startIssues);
    const { auth: _own, ...withoutAuth } = Object(issues.settings['details']);
    const details = { ...withoutAuth, url: `${elsewhere.standIn.url}/issues/{{id}}` };
    const target = await open({ ...issues.settings, auth: { bearer: ISSUES_TOKEN }, details });
    expect(await sourceErrorOf(Promise.resolve(target.details?.('1', context())))).toMatchObject({
      kind: 'unauthorized',
    });
    expect(elsewhere.standIn.received[0]?.headers).not.toHaveProperty('authorization');
    const sameHost = await open({ ...issues.settings, auth: { bearer: ISSUES_TOKEN }, details: withoutAuth });
    expect(await sameHost.details?.('1', context())).toBeUndefined();
  });
});
