/** The names that staff read with a chat, and what was said in it. */
import { describe, expect, it } from 'vitest';
import { addChat, addMessage } from '../../support/livehelperchat/data.ts';
import { ask, context } from '../../support/open-source.ts';
import { chatForAll, failureOf, noting, numbersOf, openChat } from './source.ts';

const chat = await chatForAll();

describe('names', () => {
  it('come from the lists where chats bring none, kept for a while', async () => {
    chat.prefills = false;
    const source = await openChat(chat);
    for (let at = 0; at < 2; at += 1) {
      const [record] = await source.find(ask({ nick: 'bob' }), context());
      expect(record).toMatchObject({ agent: 'Henry Yount', department: 'Sales' });
      expect(record?.['link']).toMatchObject({ href: `${chat.url}/user/login/(r)/Y2hhdC9zaW5nbGUvNTQwMQ%3D%3D` });
    }
    expect([chat.callsOf('departments').length, chat.callsOf('getusers').length]).toEqual([1, 1]);
  });

  it('are missing without the right, which staff and the log are told, and nothing else is', async () => {
    chat.prefills = false;
    chat.rights.delete('lhdepartment,list');
    chat.rights.delete('lhuser,userlist');
    const call = noting();
    const source = await openChat(chat);
    const [record] = await source.find(ask({ nick: 'bob' }), call);
    expect(record).toMatchObject({ chat_id: '5401', user_id: '3' });
    expect(record).not.toHaveProperty('agent');
    expect(call.notices.toSorted()).toEqual([
      'the names of its departments are missing: Live Helper Chat does not give them (the right lhdepartment,list may be missing)',
      'the names of its operators are missing: Live Helper Chat does not give them (the right lhuser,userlist may be missing)',
    ]);
    expect(await failureOf(source, ask({ department: 'Sales' }))).toMatchObject({
      kind: 'rejected',
      staffWords: 'cannot be searched by department; tell your administrator',
      remedy: 'the account of the gateway lacks the right lhdepartment,list; add it to its role',
    });
  });

  it('of operators who have left are those that chats brought', async () => {
    const source = await openChat(chat);
    await source.find(ask({ nick: 'bob' }), context());
    chat.data.users.splice(2, 1);
    expect(numbersOf(await source.find(ask({ agent: 'Henry Yount' }), context()))).toEqual(['5401']);
  });
});

describe('what was said', () => {
  const transcripts = async (criteria: Readonly<Record<string, string>>, call = noting()) => {
    const records = await (await openChat(chat, { transcript: true })).find(ask(criteria), call);
    return records.map(({ transcript }) => transcript);
  };

  it('is a line for each, by whom, without those of the system', async () => {
    expect(await transcripts({ chat_id: '5388' })).toEqual([
      'Bob Smith: Where is my invoice?\nTina A.: It is on its way.\nAnything else?\nBob Smith: This is the order: (file)',
    ]);
  });

  it('is without the marks of BBCode, and without buttons and keys of files, also in a message that is cut off', async () => {
    const one = addChat(chat.data, { nick: 'Eve', email: 'eve@example.com' });
    const long = 'x'.repeat(4_990);
    for (const said of [
      '[list=1][*]one[/*][/list] [loc]47,8[/loc] [translation]hallo[/translation] [youtube]https://y.example.com[/youtube]',
      'Yes.[button_action=not_insult](Not an insult)[/button_action] [survey="3"] [img=a]b[/img] [fs14]big[/fs]',
      '[left alone] a[0] = b',
      `${long}[file=17_0a1b2c3d4e5f]`,
      `${'y'.repeat(4_900)}[file="18_0a1b2c3d4e5f]${'y'.repeat(200)}`,
    ]) {
      addMessage(chat.data, one, 0, said);
    }
    const [transcript] = await transcripts({ email: 'eve@example.com' });
    const lines = String(transcript).split('\nEve: ');
    expect(lines.slice(0, 3)).toEqual([
      'Eve: one 47,8 hallo https://y.example.com',
      'Yes.  b big',
      '[left alone] a[0] = b',
    ]);
    expect(lines[3]).toMatch(/^x{4000,4990}(?:\(file\))?(?:\n\n\[\d+ more characters are left out\])?$/);
    expect(transcript).not.toMatch(/0a1b|1[78]_/);
  });

  it('comes with the newest chat, and the one that is first', async () => {
    expect(await transcripts({ contact: 'bob.smith@example.com;Bob Smith' })).toEqual([
      'Bob Smith: Still waiting.',
      'Botty: Hello, I am the bot.\nbob: I want to talk to a person.\nHenry Yount: Here I am.',
      undefined,
    ]);
    expect(chat.callsOf('fetchchatmessages').map(({ query }) => query)).toEqual([
      { chat_id: '5377' },
      { chat_id: '5401' },
    ]);
  });

  it('is not asked for unless the settings want it', async () => {
    await (await openChat(chat)).find(ask({ chat_id: '5388' }), context());
    expect(chat.callsOf('fetchchatmessages')).toEqual([]);
  });

  it('is cut with a word, and has no marks of control', async () => {
    const long = addChat(chat.data, { email: 'long@example.com', nick: 'Long' });
    addMessage(chat.data, long, 0, 'a\u0000b[url=https://example.com]here[/url] <b>1</b> & [5]');
    for (let at = 0; at < 10; at += 1) addMessage(chat.data, long, 0, 'word '.repeat(1_600));
    const [text] = await transcripts({ email: 'long@example.com' });
    expect(String(text).slice(0, 40)).toBe('Long: a bhere <b>1</b> & [5]\nLong: word ');
    expect(String(text).length).toBeLessThanOrEqual(20_200);
    expect(text).toMatch(/\[7 more messages are left out\]$/);
  });

  it('that may not be read, or cannot be, is told, and the chat is shown', async () => {
    chat.rights.delete('lhchat,allowopenremotechat');
    chat.language = 'de';
    const call = noting();
    expect(await transcripts({ nick: 'bob' }, call)).toEqual([undefined]);
    expect(call.notices).toEqual([
      'what was said in chat 5401 may not be read: the right lhchat,allowopenremotechat is missing',
    ]);
    chat.fail('html', { call: 'fetchchatmessages' });
    const other = noting();
    expect(await transcripts({ nick: 'bob' }, other)).toEqual([undefined]);
    expect(other.notices).toEqual(['what was said in chat 5401 is missing: it could not be read']);
  });
});
