/** What goes wrong on the way, what nobody may read, and the check. */

import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import webhook from '../../../adapters/webhook/index.ts';
import { surelyNotDone, withDeadlineWithin } from '../../../src/contract/index.ts';
import { sourceErrorOf } from '../../support/failure-of.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { ISSUES_TOKEN, startIssues, startSlack, startTeams } from '../../support/web/hooks.ts';
import { open, started } from './source.ts';

describe('what goes wrong on the way', () => {
  it('is known to have done nothing, or not', async () => {
    const issues = await started(startIssues);
    const target = await open({ ...issues.settings, idempotencyHeader: undefined });
    issues.standIn.faults = ['cut-after'];
    const cut = await sourceErrorOf(target.push(pushRequest(), context()));
    expect(cut.kind).toBe('unreachable');
    expect(surelyNotDone(cut)).toBe(false);
    expect(issues.taken).toHaveLength(1);
    issues.standIn.faults = ['garbage'];
    expect(await sourceErrorOf(target.push(pushRequest(), context()))).toMatchObject({ kind: 'bad-response' });
    await issues.standIn.close();
    const again = await open(issues.settings);
    const refused = await sourceErrorOf(again.push(pushRequest(), context()));
    expect(refused).toMatchObject({ kind: 'unreachable', unsent: true });
    expect(surelyNotDone(refused)).toBe(true);
  });

  it('is nothing more while the system wants to be left alone', async () => {
    const { standIn, settings } = await started(startIssues);
    const target = await open(settings);
    standIn.faults = [{ status: 429, headers: { 'retry-after': '30' }, body: '' }];
    const throttled = await sourceErrorOf(target.push(pushRequest(), context()));
    expect(throttled).toMatchObject({ kind: 'rate-limited', retryAfterMs: 30_000 });
    const next = await sourceErrorOf(
      withDeadlineWithin(10_000, undefined, (signal) => target.push(pushRequest(), { signal, reference: 'test' })),
    );
    expect(next).toMatchObject({ kind: 'rate-limited', unsent: true });
    expect(standIn.received).toHaveLength(1);
  });

  it('is sent again with the same key where the system takes one: once is once', async () => {
    const issues = await started(startIssues);
    const target = await open(issues.settings);
    issues.standIn.faults = ['cut-after'];
    const request = pushRequest();
    expect(await target.push(request, context())).toMatchObject({ id: '1' });
    expect(issues.standIn.received.map(({ headers }) => headers['idempotency-key'])).toEqual([
      request.reference,
      request.reference,
    ]);
    expect(issues.taken).toHaveLength(1);
    expect(webhook.pushOf?.(webhook.settings.parse(issues.settings))).toMatchObject({
      idempotent: true,
      format: 'text',
    });
    expect(
      webhook.pushOf?.(webhook.settings.parse({ url: 'https://a.example.com', bodyFormat: 'html' })),
    ).toMatchObject({
      idempotent: false,
      format: 'html',
    });
  });

  it('ends with the deadline', async () => {
    const { standIn, settings } = await started(startSlack);
    standIn.faults = ['hang'];
    const target = await open(settings);
    const reason = new Error('nobody waits');
    const controller = new AbortController();
    const work = target.push(pushRequest(), { signal: controller.signal, reference: 'test' });
    await standIn.receivedSoMany(1);
    controller.abort(reason);
    await expect(work).rejects.toBe(reason);
    await standIn.openSoMany(0);
  });
});

it('a push without an answer in time may have been done', async () => {
  const { standIn, settings } = await started(startSlack);
  standIn.faults = ['hang'];
  const target = await open(settings);
  const error = await sourceErrorOf(
    withDeadlineWithin(300, undefined, (signal) => target.push(pushRequest(), { signal, reference: 'test' })),
  );
  expect(error).toMatchObject({ kind: 'timeout', unsent: false });
  expect(surelyNotDone(error)).toBe(false);
});

describe('the address is a secret', () => {
  const SECRET = /XXXXXXXX|T00000000|B00000000|s3cr3t|0123456789abcdef/;

  it('in no failure and in no log', async () => {
    for (const start of [startSlack, startTeams]) {
      const hook = await started(start);
      const target = await open({ ...hook.settings, json: { nothing: 1 } });
      const { pathname, search } = new URL(hook.url);
      const faults = [
        { status: 404, body: `no such address ${pathname}${search}` },
        { status: 500, body: { message: `${hook.url} failed` } },
        { body: `<html><title>${decodeURIComponent(pathname + search)}</title>` },
        { status: 302, headers: { location: `${hook.url}x` } },
        'cut-after' as const,
        'garbage' as const,
      ];
      for (const fault of faults) {
        hook.standIn.faults = [fault];
        const strict = await open({ ...hook.settings, id: '$.id' });
        for (const one of [target, strict]) {
          const error = await one.push(pushRequest(), context()).catch((reason: unknown) => reason);
          if (error instanceof Error) expect(`${error.stack} ${JSON.stringify(error)}`).not.toMatch(SECRET);
        }
        expect(JSON.stringify([strict.log.lines, target.log.lines])).not.toMatch(SECRET);
      }
      expect(JSON.stringify(target.log.lines)).toContain('http request');
      await hook.standIn.close();
      const refused = await sourceErrorOf(target.push(pushRequest(), context()));
      expect(refused.message).toContain('127.0.0.1');
      expect(refused.message).not.toMatch(SECRET);
      expect(webhook.titleOf?.(webhook.settings.parse(hook.settings))).toBe(`127.0.0.1:${hook.standIn.port}`);
    }
  });
});

describe('check', () => {
  it('asks the host only, and sends nothing to the hook', async () => {
    const { standIn, settings, taken } = await started(startSlack);
    const target = await open(settings);
    await target.check(context());
    expect(standIn.received.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /']);
    expect(taken).toEqual([]);
    await standIn.close();
    expect(await sourceErrorOf(target.check(context()))).toMatchObject({ kind: 'unreachable' });
  });

  it('asks an address that proves the credentials, where there is one', async () => {
    const issues = await started(startIssues);
    const check = `${issues.standIn.url}/me`;
    const target = await open({ ...issues.settings, check, auth: { bearer: ISSUES_TOKEN } });
    await target.check(context());
    const wrong = await open({ ...issues.settings, check, auth: { bearer: 'another token' } });
    const error = await sourceErrorOf(wrong.check(context()));
    expect(error.kind).toBe('unauthorized');
    expect(error.message).not.toContain('another token');
  });

  it('sees that nothing listens', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => server.close(resolve));
    const target = await open({ url: `http://127.0.0.1:${port}/x` });
    expect(await sourceErrorOf(target.check(context()))).toMatchObject({ kind: 'unreachable', unsent: true });
  });
});
