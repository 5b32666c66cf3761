import { describe, expect, it, onTestFinished } from 'vitest';
import { startClassicCampfire } from './classic.ts';
import { BOT_KEY, plainText, startOnceCampfire } from './once.ts';

const manual = { redirect: 'manual' } as const;

describe('the stand-in for ONCE Campfire', () => {
  it('takes messages of its bot, in its room, that are not blank', async () => {
    const campfire = await startOnceCampfire();
    onTestFinished(() => campfire.standIn.close());
    const say = (room: number, key: string, body: string) =>
      fetch(`${campfire.url}/rooms/${room}/${key}/messages`, { ...manual, method: 'POST', body });
    const answers = [
      await say(12, BOT_KEY, 'Hello <b>you</b>'),
      await say(12, BOT_KEY, ' '),
      await say(13, BOT_KEY, 'Hello'),
      await say(12, '7-wrong', 'Hello'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 422, 404, 302]);
    expect(answers[0]?.headers.get('location')).toBe(`${campfire.url}/messages/1000`);
    expect(campfire.messages).toMatchObject([{ plain: 'Hello you' }]);
  });

  it('gives pages of forty', async () => {
    const campfire = await startOnceCampfire();
    onTestFinished(() => campfire.standIn.close());
    const list = `${campfire.url}/rooms/12/${BOT_KEY}/messages`;
    for (let count = 0; count < 45; count += 1) await fetch(list, { method: 'POST', body: `message ${count}` });
    const ids = async (query: string) => {
      const page: { id: number }[] = JSON.parse(await (await fetch(`${list}${query}`)).text());
      return page.map(({ id }) => id);
    };
    expect((await ids('')).slice(0, 2)).toEqual([1005, 1006]);
    expect(await ids('?before=1005')).toEqual([1000, 1001, 1002, 1003, 1004]);
    expect(await ids('?before=1000')).toEqual([]);
  });

  it('reads HTML', () => {
    expect(plainText('a &lt;b&gt;<br><strong>c</strong>')).toBe('a <b>\nc');
  });
});

describe('the stand-in for the classic Campfire', () => {
  it('wants a session', async () => {
    const campfire = await startClassicCampfire();
    onTestFinished(() => campfire.standIn.close());
    const post = (path: string, form: Record<string, string>, cookie = '') =>
      fetch(campfire.url + path, { ...manual, method: 'POST', body: new URLSearchParams(form), headers: { cookie } });
    const wrong = await post('/login', { email_address: 'bot@example.com', password: 'no' });
    expect(wrong.headers.get('location')).toBe(`${campfire.url}/login`);
    const right = await post('/login', { email_address: 'bot@example.com', password: 'correct horse' });
    const cookie = right.headers.get('set-cookie')?.split(';')[0];
    expect((await post('/room/182650/speak', { message: 'a' })).headers.get('location')).toContain('/login');
    expect((await post('/room/182650/speak', { message: 'a', paste: 'true' }, cookie)).status).toBe(200);
    expect((await post('/room/1/speak', { message: 'a' }, cookie)).status).toBe(404);
    expect(campfire.messages).toEqual([{ text: 'a', paste: true }]);
  });
});
