import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import campfire from '../../../adapters/campfire/index.ts';
import { htmlMessage } from '../../../adapters/campfire/message.ts';
import { surelyNotDone, withDeadline } from '../../../src/contract/index.ts';
import { BOT_KEY, plainText } from '../../support/campfire/once.ts';
import { failureOf } from '../../support/failure-of.ts';
import { context } from '../../support/open-source.ts';
import { openTarget, pushRequest } from '../../support/push-source.ts';
import { runs } from '../../support/runs.ts';
import { openOnceCampfire } from './source.ts';

const within = <T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>) =>
  withDeadline(milliseconds, new AbortController(), work);

describe('a message in ONCE Campfire', () => {
  it('has title, body and the way back, and its id is the number of the message', async () => {
    const { running, target } = await openOnceCampfire();
    const receipt = await target.push(pushRequest({ body: 'Floor 3 <& up>\nis on fire 🔥' }), context());
    expect(receipt).toEqual({ id: '1000', link: `${running.url}/rooms/12/@1000` });
    expect(running.messages).toMatchObject([
      { plain: 'Printer on fire\nFloor 3 <& up>\nis on fire 🔥\n\nHelpSpot request 12400' },
    ]);
    expect(running.standIn.received[0]?.headers['content-type']).toMatch(/^text\/plain/);
    expect(await target.details?.(receipt.id, context())).toMatchObject({ link: receipt.link });
  });

  it('does not say the way back twice', async () => {
    const { running, target } = await openOnceCampfire();
    const { link } = pushRequest();
    await target.push(pushRequest({ body: `Help\n\n${link?.href}` }), context());
    expect(running.messages[0]?.plain).toBe('Printer on fire\nHelp\n\nHelpSpot request 12400');
  });

  it('is not longer than a room can bear', async () => {
    const { running, target } = await openOnceCampfire();
    await target.push(pushRequest({ title: 'x'.repeat(500), body: 'a line\n'.repeat(5_000) }), context());
    const text = running.messages[0]?.plain ?? '';
    expect(text.length).toBeLessThan(10_500);
    expect(text).toMatch(/^x{254}…\n/);
    expect(text).toMatch(/a line\n\n\[\d+ more characters are left out\]\n\nHelpSpot request 12400$/);
  });

  it('shows every text as it is, and no text is more than text', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom(
        '<b>',
        '</strong>',
        '&lt;',
        '<action-text-attachment sgid="x">',
        '"',
        "'",
        '<!--',
        '/play rimshot',
      ),
    );
    const text = fc.array(nasty, { maxLength: 4 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (title, body) => {
        const request = pushRequest({ title: `t${title}t`, body: `b${body}b` });
        const html = htmlMessage(request);
        const legal = (value: string) =>
          value
            .replace(/\r\n?/g, '\n')
            .replace(/[^\P{Cc}\n\t]/gu, '')
            .toWellFormed();
        expect(plainText(html)).toBe(`${legal(request.title)}\n${legal(request.body)}\n\nHelpSpot request 12400`);
        expect(html.match(/<(?!br>)[^>]*>/g)).toEqual(['<strong>', '</strong>', expect.stringMatching(/^<a /), '</a>']);
      }),
      runs(100),
    );
  });
});

describe('a message whose answer was lost', () => {
  it('is found, among many and only once', async () => {
    const { running, target } = await openOnceCampfire();
    const request = pushRequest();
    running.standIn.faults = ['cut-after'];
    const failure = await failureOf(target.push(request, context()));
    expect(surelyNotDone(failure)).toBe(false);
    for (let count = 0; count < 90; count += 1) {
      running.messages.push({ id: 2_000 + count, room: '12', html: 'chatter', plain: 'chatter', at: new Date() });
    }
    expect(await target.findPush?.(request, context())).toEqual({ id: '1000', link: `${running.url}/rooms/12/@1000` });
    expect(await target.findPush?.(pushRequest(), context())).toBeUndefined();
    expect(running.messages.filter(({ html }) => html.includes(request.reference))).toHaveLength(1);
  });

  it('is found without a link back too', async () => {
    const { target } = await openOnceCampfire();
    const request = pushRequest({ link: undefined });
    const { id } = await target.push(request, context());
    expect(await target.findPush?.(request, context())).toMatchObject({ id });
  });

  it('is not looked for beyond the time that a push can take', async () => {
    const { running, target } = await openOnceCampfire();
    const at = new Date(Date.now() - 31 * 86_400_000);
    for (let id = 1; id < 300; id += 1) running.messages.push({ id, room: '12', html: 'old', plain: 'old', at });
    expect(await target.findPush?.(pushRequest(), context())).toBeUndefined();
    expect(running.standIn.received).toHaveLength(1);
  });

  it('cannot be found where bots do not read, and that is said', async () => {
    const { target } = await openOnceCampfire({}, { readable: false });
    const failure = await failureOf(target.findPush?.(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'rejected', remedy: expect.stringContaining('findMessages: false') });
    const { target: older } = await openOnceCampfire({ findMessages: false }, { readable: false });
    expect(older.findPush).toBeUndefined();
  });
});

describe('the check of ONCE Campfire', () => {
  it('proves key and room', async () => {
    const { running, target } = await openOnceCampfire();
    await target.check(context());
    expect(running.messages).toEqual([]);
  });

  it('proves the key where bots cannot read', async () => {
    const { target } = await openOnceCampfire({ findMessages: false }, { readable: false });
    await target.check(context());
    const { target: stranger } = await openOnceCampfire(
      { findMessages: false, botKey: '7-wrong-key' },
      { readable: false },
    );
    expect(await failureOf(stranger.check(context()))).toMatchObject({ kind: 'unauthorized' });
  });

  it('names a room that the bot is not in', async () => {
    const { target } = await openOnceCampfire({ room: 13 });
    const failure = await failureOf(target.check(context()));
    expect(failure).toMatchObject({ kind: 'rejected', message: expect.stringContaining('room 13') });
  });
});

describe('the key of the bot', () => {
  const KEY = '7-notTheKeyOfThisBot99';
  const KEY_TO_THE_LAST_LETTER = Array.from(Buffer.from(KEY), (byte) => `%${byte.toString(16).toUpperCase()}`).join('');

  it('that is wrong is no success, and is nowhere to be read', async () => {
    const { running, target } = await openOnceCampfire({ botKey: KEY });
    const failures = [
      await failureOf(target.push(pushRequest(), context())),
      await failureOf(target.check(context())),
      await failureOf(target.findPush?.(pushRequest(), context())),
    ];
    for (const failure of failures) expect(failure).toMatchObject({ kind: 'unauthorized' });
    running.standIn.faults = [
      { status: 500, body: `No route matches /rooms/12/${KEY}/messages, ${KEY_TO_THE_LAST_LETTER}` },
      'garbage',
      'cut-after',
    ];
    for (let count = 0; count < 3; count += 1) failures.push(await failureOf(target.check(context(2_000))));
    expect(failures[3]?.message).toContain(
      '500 to GET /rooms/12/***/messages: No route matches /rooms/12/***/messages, ***',
    );
    const words = JSON.stringify([failures.map(({ message, stack }) => [message, stack]), target.log.lines]);
    expect(target.log.lines.length).toBeGreaterThan(3);
    expect(words).not.toContain(KEY);
    expect(words).not.toContain(KEY_TO_THE_LAST_LETTER);
    expect(JSON.stringify(target.log.lines)).toContain('/rooms/12/***/messages');
  });

  it('is not sent to another address that Campfire names', async () => {
    const { running, target } = await openOnceCampfire();
    running.standIn.faults = [
      { status: 301, headers: { location: `https://chat.example.com/rooms/12/${BOT_KEY}/messages` } },
    ];
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'bad-response', remedy: 'write url: https://chat.example.com' });
    expect(surelyNotDone(failure)).toBe(true);
    expect(failure.message).not.toContain(BOT_KEY);
  });
});

describe('a failure', () => {
  it.each([
    [{ status: 422 }, 'rejected', true],
    [{ status: 429, headers: { 'retry-after': '30' } }, 'rate-limited', true],
    [{ status: 500 }, 'bad-response', false],
    [{ status: 200, body: '<html>some other server</html>' }, 'bad-response', false],
    ['garbage', 'bad-response', false],
    ['cut-within', 'unreachable', false],
  ] as const)('%j is %s, and surely not done: %s', async (fault, kind, sure) => {
    const { running, target } = await openOnceCampfire();
    // A 201 has no body that could be cut.
    running.standIn.faults = [fault === 'cut-within' ? 'cut-after' : fault];
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind });
    expect(surelyNotDone(failure)).toBe(sure);
  });

  it('of a slow Campfire ends at the deadline', async () => {
    const { running, target } = await openOnceCampfire();
    running.standIn.faults = ['hang'];
    const failure = await failureOf(within(300, (signal) => target.push(pushRequest(), { signal, reference: 'test' })));
    expect(failure).toMatchObject({ kind: 'timeout', unsent: false });
    await running.standIn.openSoMany(0);
  });

  it('of nobody listening is surely not done', async () => {
    const target = await openTarget(campfire, { url: 'http://127.0.0.1:1', room: 12, botKey: BOT_KEY });
    expect(await failureOf(target.push(pushRequest(), context()))).toMatchObject({ kind: 'unreachable', unsent: true });
  });
});

describe('the settings', () => {
  const mistakes = (settings: object) => campfire.settings.safeParse(settings).error?.issues ?? [];
  const url = 'https://chat.example.com';

  it.each([
    [{ url, room: 1 }, ['botKey']],
    [{ url, room: 1, api: 'classic', email: 'a@b.example' }, ['password']],
    [{ url, room: '1/../2', botKey: BOT_KEY }, ['room']],
    [{ url, room: 1, botKey: 'a/b' }, ['botKey']],
  ])('refuse %j', (settings, path) => {
    expect(mistakes(settings)).toMatchObject([{ path }]);
  });
});
