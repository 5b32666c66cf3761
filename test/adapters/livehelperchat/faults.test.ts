/** What goes wrong on the way, at Live Helper Chat, and in what an administrator wrote. */
import { describe, expect, it, onTestFinished } from 'vitest';
import livehelperchat from '../../../adapters/livehelperchat/index.ts';
import { baseAddress } from '../../../adapters/livehelperchat/settings.ts';
import { DeadlineExceeded, SourceError, withDeadlineWithin } from '../../../src/contract/index.ts';
import { LHC_KEY } from '../../support/livehelperchat/data.ts';
import type { ChatFault } from '../../support/livehelperchat/faults.ts';
import { startLiveHelperChat } from '../../support/livehelperchat/server.ts';
import { ask, context, type OpenSource } from '../../support/open-source.ts';
import { chatForAll, failureOf, openChat, QUICK } from './source.ts';

const chat = await chatForAll();
const ZOE = ask({ email: 'zoe@example.com' });

async function checkFailure(source: OpenSource): Promise<SourceError> {
  const error = await source.check(context()).catch((problem: unknown) => problem);
  if (error instanceof SourceError) return error;
  throw new Error('the check did not fail');
}

describe('on the way', () => {
  it.each<ChatFault>(['cut', 'lost-answer', 'half'])('%s once is asked again', async (how) => {
    const source = await openChat(chat);
    chat.fail(how);
    expect(await source.find(ZOE, context())).toHaveLength(2);
  });

  it('nothing but broken connections is unreachable', async () => {
    chat.fail('cut', { times: 20 });
    expect(await failureOf(await openChat(chat), ZOE)).toMatchObject({ kind: 'unreachable' });
    expect(await failureOf(await openChat(chat, { url: 'http://127.0.0.1:1' }), ZOE)).toMatchObject({
      kind: 'unreachable',
      unsent: true,
    });
  });

  it('what hangs ends with the deadline', async () => {
    const source = await openChat(chat);
    chat.fail('hang');
    const asked = withDeadlineWithin(200, undefined, (signal) => source.find(ZOE, { signal, reference: 'test' }));
    const error = await asked.catch((problem: unknown) => problem);
    expect(error instanceof DeadlineExceeded || (error instanceof SourceError && error.kind === 'timeout')).toBe(true);
    await chat.http.openSoMany(0);
    expect(await source.find(ZOE, context())).toHaveLength(2);
  });

  const answers = (body: unknown): ChatFault => ({ reply: { body: JSON.stringify(body) } });
  it.each<[string, ChatFault]>([
    ['no JSON', 'garbage'],
    ['a page', 'html'],
    ['a warning of PHP before the JSON', { reply: { body: '<br />\n<b>Warning</b>: x in y {"list":[]}' } }],
    ['a list', answers([])],
    ['nothing', answers(null)],
    ['neither list nor count', answers({ error: false })],
    ['a list that is a text', answers({ error: false, list: 'none', list_count: 0 })],
    ['no count', answers({ error: false, list: [] })],
    ['a chat without a number', answers({ error: false, list: [{ nick: 'Bob' }], list_count: 1 })],
    ['a redirect elsewhere', { reply: { status: 301, headers: { location: 'https://other.example.com/x' } } }],
    ['an error of its database', 'database'],
    ['an error of the server', 500],
  ])('%s is no answer', async (_name, fault) => {
    const source = await openChat(chat);
    chat.fail(fault, { times: 3 });
    const error = await failureOf(source, ZOE);
    expect(error).toMatchObject({ kind: 'bad-response', message: expect.stringContaining('Live Helper Chat') });
    // The words of a database have what was looked for in them.
    expect(error.message).not.toContain('@example.com');
    chat.heal(chat.data);
    expect(await source.find(ZOE, context())).toHaveLength(2);
  });

  it.each<[number, string]>([
    [404, 'rejected'],
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [429, 'rate-limited'],
  ])('%i of what stands before it is %s', async (status, kind) => {
    chat.fail(status, { times: 9 });
    const asked = withDeadlineWithin(600, undefined, async (signal) =>
      (await openChat(chat)).find(ZOE, { signal, reference: 'test' }),
    );
    expect(await asked.catch((error: unknown) => error)).toMatchObject({ kind });
  });

  it('fields of other kinds than are documented are left out, not shown', async () => {
    const list = [
      {
        id: '7',
        nick: ['x'],
        email: { a: 1 },
        time: 'yesterday',
        status: 'open',
        dep_id: null,
        user_id: -1,
        additional_data: '[[',
      },
    ];
    chat.fail(answers({ error: false, list, list_count: 1, filter: [] }));
    expect(await (await openChat(chat)).find(ask({}), context())).toEqual([
      { chat_id: '7', id: '7', link: { href: expect.any(String), text: '7' } },
    ]);
  });

  it('a link that is none is made here', async () => {
    const list = [{ id: 7, link: 'javascript:alert(1)' }];
    chat.fail(answers({ error: false, list, list_count: 1, filter: {} }));
    const [record] = await (await openChat(chat)).find(ask({}), context());
    expect(record?.['link']).toEqual({ href: `${chat.url}/user/login/(r)/Y2hhdC9zaW5nbGUvNw%3D%3D`, text: '7' });
  });
});

describe('an error with status 200', () => {
  it.each([
    [{ error: true, result: 'Authorization failed!' }, 'unauthorized'],
    [{ error: true, result: 'Kein Eintrag' }, 'rejected'],
    [{ error: 'true', result: [] }, 'rejected'],
    [{ error: 1, result: 'SQLSTATE[42S02]: Base table not found' }, 'bad-response'],
  ])('is one, whatever stands under result: %j', async (body, kind) => {
    chat.fail({ reply: { body } });
    expect(await failureOf(await openChat(chat), ZOE)).toMatchObject({ kind });
  });

  it.each([
    ['its words are no matter of rights', undefined, 'rejected'],
    ['a right is missing, too', 'lhchat,use', 'rejected'],
  ])('in another language is of the kind that another question shows: %s', async (_name, right, kind) => {
    chat.language = 'de';
    if (right !== undefined) chat.rights.delete(right);
    chat.fail({ reply: { body: { error: true, result: 'Kein Eintrag' } } });
    expect(await failureOf(await openChat(chat), ZOE)).toMatchObject({ kind });
  });

  it('that says in another language that the key is wrong is one of the key', async () => {
    chat.language = 'de';
    const before = chat.calls.length;
    const error = await failureOf(await openChat(chat, { key: 'another' }), ZOE);
    expect(error).toMatchObject({ kind: 'unauthorized', remedy: expect.stringMatching(/^check user and key/) });
    expect(chat.calls.length - before).toBeLessThanOrEqual(2);
  });

  it('has no secret, and no value of a customer, in its message', async () => {
    const result = `no ${LHC_KEY} for you`;
    chat.fail({ reply: { body: { error: true, result } } });
    const error = await failureOf(await openChat(chat), ZOE);
    expect(JSON.stringify([error.message, error.said, error.remedy])).not.toContain(LHC_KEY);
  });
});

describe('check', () => {
  it('is content, and changes nothing', async () => {
    for (const settings of [
      {},
      { transcript: true },
      { list: 'departments' },
      { list: 'operators' },
      { list: 'online' },
    ]) {
      await (await openChat(chat, settings)).check(context());
    }
    expect(chat.scandals).toEqual([]);
  });

  it.each([
    ['lhchat,use', {}],
    ['lhdepartment,list', { list: 'departments' }],
    ['lhuser,userlist', { list: 'operators' }],
  ])('names the right that is missing: %s', async (right, settings) => {
    chat.rights.delete(right);
    const error = await checkFailure(await openChat(chat, settings));
    expect(error).toMatchObject({ kind: 'unauthorized', remedy: expect.stringContaining(`lacks the right ${right};`) });
  });

  it.each(['en', 'de'] as const)('tells that Apache keeps the header, in any language: %s', async (language) => {
    chat.language = language;
    chat.handsOn = false;
    for (const settings of [{}, { list: 'departments' }]) {
      const error = await checkFailure(await openChat(chat, settings));
      expect(error).toMatchObject({
        kind: 'unauthorized',
        remedy: expect.stringContaining('RewriteCond %{HTTP:Authorization}'),
      });
    }
  });

  it.each(['en', 'de'] as const)('tells that the key is wrong, in any language: %s', async (language) => {
    chat.language = language;
    const error = await checkFailure(await openChat(chat, { key: 'another' }));
    expect(error).toMatchObject({ kind: 'unauthorized', remedy: expect.stringMatching(/^check user and key/) });
    expect(error.message).not.toContain('another');
  });

  it('tells that a password needs a right', async () => {
    const error = await checkFailure(await openChat(chat, { user: 'rest@example.com', key: 'hash-of-1' }));
    expect(error.remedy).toContain('lhrestapi,use_direct_logins');
  });

  it('says in state what staff would miss', async () => {
    chat.rights.delete('lhdepartment,list');
    chat.rights.delete('lhuser,userlist');
    chat.rights.delete('lhchat,allowopenremotechat');
    chat.data.chats.splice(3);
    const source = livehelperchat.open(
      livehelperchat.settings.parse({ ...chat.settings, ...QUICK, transcript: true }),
      {
        ...{ name: 'chat', log: { debug() {}, info() {}, warn() {}, error() {} }, resolve: (path: string) => path },
      },
    );
    const opened = await source;
    onTestFinished(async () => await opened.close?.());
    await opened.check(context());
    expect(opened.state?.().warnings).toEqual([
      'it does not give its departments, so chats cannot be searched by department: the account lacks the right lhdepartment,list',
      'it does not give its operators, so chats cannot be searched by agent: the account lacks the right lhuser,userlist',
      'what was said in its newest chat may not be read; the right lhchat,allowopenremotechat is missing',
    ]);
    chat.data.chats.splice(0);
    await opened.check(context());
    expect(opened.state?.().warnings[0]).toMatch(/^it gives no chat at all/);
  });
});

describe('the address', () => {
  it.each([
    ['https://chat.example.com', 'https://chat.example.com/index.php'],
    ['https://chat.example.com/', 'https://chat.example.com/index.php'],
    ['https://chat.example.com/index.php', 'https://chat.example.com/index.php'],
    ['https://chat.example.com/index.php/', 'https://chat.example.com/index.php'],
    ['https://chat.example.com/lhc_web', 'https://chat.example.com/lhc_web/index.php'],
    ['https://chat.example.com/lhc_web/index.php', 'https://chat.example.com/lhc_web/index.php'],
    ['https://chat.example.com/lhc_web/index.php/site_admin/', 'https://chat.example.com/lhc_web/index.php'],
    ['https://chat.example.com/site_admin/restapi/index', 'https://chat.example.com/index.php'],
    ['https://chat.example.com/index.php/restapi', 'https://chat.example.com/index.php'],
    ['https://chat.example.com/index.php/ger', 'https://chat.example.com/index.php/ger'],
  ])('%s', (url, base) => {
    expect(baseAddress(url)).toBe(base);
  });

  it('may be in a folder', async () => {
    const other = await startLiveHelperChat({ folder: '/lhc_web' });
    onTestFinished(() => other.close());
    for (const url of [`${other.http.url}/lhc_web`, `${other.http.url}/lhc_web/`, other.url]) {
      expect(await (await openChat(other, { url })).find(ZOE, context())).toHaveLength(2);
    }
    expect(await failureOf(await openChat(other, { url: other.http.url }), ZOE)).toMatchObject({
      ...{ kind: 'rejected', lasting: true, remedy: expect.stringContaining('lhc_web') },
    });
  });
});

it.each([
  [{ url: 'chat.example.com' }, 'url'],
  [{ url: 'https://chat.example.com/?a=1' }, 'url'],
  [{ user: 'a:b' }, 'user'],
  [{ key: 'a\nb' }, 'key'],
  [{ list: 'chats' }, 'list'],
  [{ list: 'online', transcript: true }, 'transcript'],
  [{ phoneFormats: ['+41'] }, 'phoneFormats'],
  [{ keep: '1ms' }, 'keep'],
])('a mistake in the settings is told at its place: %j', (mistake, place) => {
  const written = { url: 'https://chat.example.com', user: 'rest', key: 'k', ...mistake };
  const { error } = livehelperchat.settings.safeParse(written);
  expect(error?.issues[0]?.path[0]).toBe(place);
});
