/** What is pushed. */

import { describe, expect, it } from 'vitest';
import { sourceErrorOf } from '../../support/failure-of.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { startZapier } from '../../support/web/hooks.ts';
import { open, started } from './source.ts';

describe('a push', () => {
  it('is what the templates say, and its id is the answer’s', async () => {
    const zapier = await started(startZapier);
    const json = { title: '{{sTitle}}', body: '{{note}}' };
    const target = await open({ url: zapier.url, json, id: '$.id' });
    const receipt = await target.push(pushRequest(), context());
    expect(receipt).toEqual({ id: '0193a5b6-0000-4000-8000-000000000001' });
    expect(zapier.taken).toEqual([{ title: 'Printer on fire', body: 'The printer on floor 3 is on fire.' }]);
  });

  it('is told beforehand, without being sent: the body, and neither the address nor a header', async () => {
    const zapier = await started(startZapier);
    const headers = { 'X-Token': 'of-the-house' };
    const target = await open({ url: `${zapier.url}?key=secret`, json: { title: '{{sTitle}}', n: 1 }, headers });
    const told = await target.pushedText?.(pushRequest());
    expect(told).toMatch(
      /^POST 127\.0\.0\.1:\d+\nContent-Type: application\/json\n\n\{"title":"Printer on fire","n":1\}$/,
    );
    expect(zapier.standIn.received).toEqual([]);
    await target.push(pushRequest(), context());
    expect(told?.split('\n\n')[1]).toBe(zapier.standIn.received[0]?.text());
    const placed = await open({ url: `${zapier.url}/{{Custom5}}` });
    expect(await sourceErrorOf(placed.pushedText?.(pushRequest()))).toMatchObject({ kind: 'rejected', unsent: true });
  });

  it('has a usual form when the settings name none', async () => {
    const zapier = await started(startZapier);
    const target = await open({ url: zapier.url });
    const request = pushRequest();
    expect(await target.push(request, context())).toEqual({ id: request.reference });
    expect(zapier.taken).toEqual([
      {
        title: 'Printer on fire',
        body: 'The printer on floor 3 is on fire.\n\nPlease help.',
        link: 'https://help.example.com/admin?pg=request&reqid=12400',
        reference: request.reference,
        request: '12400',
        customer: { email: 'bob@example.com' },
      },
    ]);
  });

  it('keeps types, and leaves out what is empty', async () => {
    const zapier = await started(startZapier);
    const json = {
      number: '{{xRequest | number}}',
      none: '{{sTitle | number}}',
      urgent: '{{fUrgent|boolean}}',
      calm: '{{fOpen | boolean}}',
      fixed: 7,
      nothing: null,
      yes: true,
      empty: '{{Custom5}}',
      list: ['{{Custom5}}', '{{xRequest}}', 'tag'],
      lost: { a: '{{Custom5}}', b: ['{{Custom6}}'] },
      kept: {},
      mixed: '{{Custom5}}/{{xRequest}}',
      short: '{{sTitle | max 8}}',
      project: '{{project}}',
    };
    const target = await open({ url: zapier.url, json });
    const values = {
      xRequest: '12400',
      fUrgent: '1',
      fOpen: '0',
      sTitle: 'Printer 🔥 on fire',
      Custom5: '',
      project: 'no',
    };
    await target.push(pushRequest({ values, fields: { project: 'Support' } }), context());
    expect(zapier.taken).toEqual([
      {
        number: 12400,
        urgent: true,
        calm: false,
        fixed: 7,
        nothing: null,
        yes: true,
        list: ['12400', 'tag'],
        kept: {},
        mixed: '/12400',
        short: 'Printer…',
        project: 'Support',
      },
    ]);
  });

  it('can be a form, a text, XML, and go to an address with places', async () => {
    const zapier = await started(startZapier);
    const { standIn, url } = zapier;
    const form = await open({ url, form: { title: '{{title}}', number: 7, empty: '{{Custom5}}' } });
    await form.push(pushRequest({ title: 'a&b=c é' }), context());
    expect(zapier.taken).toEqual([{ title: 'a&b=c é', number: '7' }]);

    const headers = { 'X-Title': 'T {{title}}', 'Content-Type': 'text/x-note', 'X-Empty': '{{Custom5}}' };
    const text = await open({
      url: `${standIn.url}/{{fields_id}}/notes?v=1&t={{title}}`,
      method: 'PUT',
      text: '{{body}}!',
      headers,
    });
    await sourceErrorOf(
      text.push(pushRequest({ fields: { fields_id: '../x/é' }, title: 'é\r\nX-Evil: 1', body: 'B' }), context()),
    );
    const sent = standIn.received.at(-1);
    expect(sent).toMatchObject({ method: 'PUT', path: '/..%2Fx%2F%C3%A9/notes' });
    expect(sent?.text()).toBe('B!');
    expect(sent?.query.get('t')).toBe('é\r\nX-Evil: 1');
    expect(sent?.headers).toMatchObject({ 'x-title': 'T %C3%A9 X-Evil: 1', 'content-type': 'text/x-note' });
    expect(sent?.headers).not.toHaveProperty('x-evil');
    expect(sent?.headers).not.toHaveProperty('x-empty');

    const xml = await open({
      url,
      xml: '<t:issue xmlns:t="urn:t" id="{{xRequest}}"><title>{{title}}</title><x>{{Custom5}}</x></t:issue>',
    });
    await sourceErrorOf(xml.push(pushRequest({ title: '</title>&\u0001"' }), context()));
    expect(standIn.received.at(-1)?.text()).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><t:issue xmlns:t="urn:t" id="12400"><title>&lt;/title&gt;&amp;"</title></t:issue>',
    );
  });

  it('is not sent when its address has a place without a value', async () => {
    const { standIn } = await started(startZapier);
    for (const values of [{}, { Custom5: '..' }, { Custom5: '.' }]) {
      const target = await open({ url: `${standIn.url}/issues/{{Custom5}}/comments` });
      const error = await sourceErrorOf(target.push(pushRequest({ values }), context()));
      expect(error).toMatchObject({ kind: 'rejected', unsent: true });
    }
    expect(standIn.received).toEqual([]);
  });
});
