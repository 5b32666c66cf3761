import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { jsonOrNothing, readerFor, xmlOrNothing } from '../../../src/kit/http/expected.ts';
import { asSentElsewhere, elsewhere } from '../../../src/kit/http/redirects.ts';
import { failureOf } from '../../support/failure-of.ts';
import { noDeadline, openClient, serve } from './open-client.ts';

async function answerOf(body: string | object, status = 200, headers: Readonly<Record<string, string>> = {}) {
  const server = await serve(() => ({ status, body, headers }));
  return await openClient(server.url).request({ method: 'POST', path: '/', expect: [status] }, noDeadline());
}

describe('an answer that should be as documented', () => {
  const read = readerFor('Example CRM', 'check url')(z.object({ owner: z.object({ id: z.int() }) }), 'a ticket');

  it('is given as it was read', async () => {
    expect(read(await answerOf({ owner: { id: 7 }, more: true }))).toEqual({ owner: { id: 7 } });
  });

  it.each([
    [{ owner: { id: 'seven' } }, 'Example CRM did not give a ticket as documented (owner.id)'],
    [[], 'Example CRM did not give a ticket as documented (all of it)'],
  ])('and is not: %j', async (body, message) => {
    const answer = await answerOf(body);
    const failure = await failureOf((async () => read(answer))());
    expect(failure).toMatchObject({ kind: 'bad-response', message, remedy: 'check url', unsent: false });
  });

  it('and is no JSON', async () => {
    const answer = await answerOf('<html>');
    await expect((async () => read(answer))()).rejects.toThrow('answered POST / with what is no JSON');
  });
});

describe('an error answer', () => {
  it('is read as what it is, or not at all', async () => {
    expect(jsonOrNothing(await answerOf({ error: 'x' }, 500))).toEqual({ error: 'x' });
    expect(jsonOrNothing(await answerOf('<html><br></html>', 500))).toBeUndefined();
    expect(xmlOrNothing(await answerOf('<error>x</error>', 500))?.name).toBe('error');
    expect(xmlOrNothing(await answerOf('<html><br></html>', 500))).toBeUndefined();
  });
});

describe('an answer that sends us elsewhere', () => {
  it.each([
    ['https://crm.example.com/users/sign_in', 'unauthorized'],
    ['https://crm.example.com/sign-in?to=/', 'unauthorized'],
    ['/login', 'unauthorized'],
    ['/logon.asp', 'unauthorized'],
    ['https://sso.example.com/', 'unauthorized'],
    ['https://crm.example.com/api', 'bad-response'],
  ])('to %s is %s', async (location, kind) => {
    const failure = asSentElsewhere(
      await answerOf('', 302, { location }),
      elsewhere('the CRM answered 302', 'the CRM'),
    );
    expect(failure).toMatchObject({ kind, message: expect.stringMatching(/^the CRM answered 302/) });
    // The address may hold a token.
    expect(`${failure.message} ${failure.remedy}`).not.toContain('example.com');
  });
});
