/** Slack and Microsoft Teams. */

import { describe, expect, it } from 'vitest';
import { surelyNotDone } from '../../../src/contract/index.ts';
import { sourceErrorOf } from '../../support/failure-of.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { startSlack, startTeams } from '../../support/web/hooks.ts';
import { open, started } from './source.ts';

describe('Slack', () => {
  it('says ok, in text; and no value can call a channel or hide a link', async () => {
    const slack = await started(startSlack);
    const target = await open(slack.settings);
    const request = pushRequest({ title: '<!channel>', body: '<https://evil.example.com|Sign in> & more' });
    expect(await target.push(request, context())).toEqual({ id: request.reference });
    expect(slack.taken).toEqual([{ text: '*&lt;!channel&gt;*\n&lt;https://evil.example.com|Sign in&gt; &amp; more' }]);
  });

  it('leaves a place alone that says raw', async () => {
    const slack = await started(startSlack);
    const target = await open({ ...slack.settings, json: { text: '{{title | raw}} {{title}}' } });
    await target.push(pushRequest({ title: 'a&b' }), context());
    expect(slack.taken).toEqual([{ text: 'a&b a&amp;b' }]);
  });

  it.each([
    ['no_text', 'rejected', { json: {} }, ''],
    ['channel_is_archived', 'rejected', { json: { text: '{{title}}', channel: '#archived' } }, ''],
    ['invalid_token', 'unauthorized', {}, 'x'],
  ])('refuses in its own words: %s', async (words, kind, more, appended) => {
    const { url, settings } = await started(startSlack);
    const target = await open({ ...settings, ...more, url: url + appended });
    const error = await sourceErrorOf(target.push(pushRequest(), context()));
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(words);
    expect(surelyNotDone(error)).toBe(true);
  });

  it('has not taken it when a page answers in its place', async () => {
    const { standIn, settings } = await started(startSlack);
    const target = await open(settings);
    standIn.faults = [{ headers: { 'content-type': 'text/html' }, body: '<html><title>Sign in</title></html>' }];
    const error = await sourceErrorOf(target.push(pushRequest(), context()));
    expect(error).toMatchObject({ kind: 'bad-response', message: expect.stringContaining('Sign in') });
  });
});

it('Teams answers 202 without a word, and gets its address as it is', async () => {
  const teams = await started(startTeams);
  const target = await open({ ...teams.settings, success: { status: [202] } });
  const request = pushRequest({ body: '**bold** {{DATE(2017-02-14T06:00:00Z)}}' });
  expect(await target.push(request, context())).toEqual({ id: request.reference });
  expect(JSON.stringify(teams.taken)).toContain('**bold** {{DATE(2017-02-14T06:00:00Z)}}');

  const other = await open({ ...teams.settings, success: { status: [200] } });
  const error = await sourceErrorOf(other.push(pushRequest(), context()));
  expect(error.message).toContain('status 202');
});
