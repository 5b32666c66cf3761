/** What goes wrong on the way, and at HelpSpot. */
import { describe, expect, it } from 'vitest';
import helpspot from '../../../adapters/helpspot/index.ts';
import { type SourceError, withDeadlineWithin } from '../../../src/contract/index.ts';
import type { HelpSpotFault } from '../../support/helpspot/faults.ts';
import { GUEST_TOKEN, HELPSPOT_PASSWORD, HELPSPOT_TOKEN } from '../../support/helpspot/server.ts';
import { recordedLog } from '../../support/log.ts';
import { ask, context } from '../../support/open-source.ts';
import { failureOf, helpSpotForAll, noting, numbersOf, openDesk } from './source.ts';

const desk = await helpSpotForAll();
const open = (settings: object = {}) => openDesk(desk, { requestsPerSecond: 1000, ...settings });
const JOHN = ask({ sUserId: '12345' });
const SEARCH = { method: 'private.request.search' };

async function checked(settings: object = {}): Promise<SourceError | undefined> {
  return await (await open(settings)).check(context()).then(
    () => undefined,
    (error: SourceError) => error,
  );
}

describe('on the way', () => {
  it.each(['cut', 'half'] as const)('%s once is asked again', async (how) => {
    const source = await open();
    desk.fail(how, SEARCH);
    expect(numbersOf(await source.find(JOHN, context()))).toEqual(['12413']);
  });

  it.each<[HelpSpotFault, object]>([
    ['cut', { kind: 'unreachable' }],
    [500, { kind: 'bad-response', staffWords: expect.any(String) }],
    [502, { kind: 'bad-response' }],
    [403, { kind: 'unauthorized', remedy: expect.stringContaining('password of its own') }],
    [404, { kind: 'rejected', remedy: expect.stringContaining('before /admin') }],
    ['garbage', { kind: 'bad-response' }],
    ['html', { kind: 'bad-response', message: expect.stringContaining('a page for people ("Page 200")') }],
    [{ reply: { status: 200, headers: {}, body: '' } }, { kind: 'bad-response' }],
    [{ reply: { status: 200, headers: {}, body: '"oops"' } }, { kind: 'bad-response' }],
    [{ reply: { status: 200, headers: {}, body: '{"message":"Server Error"}' } }, { kind: 'bad-response' }],
    [{ reply: { status: 200, headers: {}, body: '{"request":[{"sTitle":"no number"}]}' } }, { kind: 'bad-response' }],
    [{ reply: { status: 200, headers: {}, body: '<results><other>1</other></results>' } }, { kind: 'bad-response' }],
    [{ reply: { status: 400, headers: {}, body: 'Bad Request' } }, { kind: 'rejected' }],
    [
      { reply: { status: 302, headers: { location: '/login' }, body: '' } },
      { kind: 'unauthorized', message: expect.stringContaining('sign in') },
    ],
    [
      { reply: { status: 301, headers: { location: 'https://other.example.com/x' }, body: '' } },
      { kind: 'bad-response' },
    ],
  ])('%j is told for what it is', async (how, failure) => {
    const source = await open();
    await source.find(JOHN, context());
    desk.fail(how, { ...SEARCH, times: 20 });
    expect(await failureOf(source, JOHN)).toMatchObject(failure);
    desk.heal();
    expect(numbersOf(await source.find(JOHN, context()))).toEqual(['12413']);
  });

  it('what hangs ends with the deadline', async () => {
    const source = await open();
    desk.fail('hang', SEARCH);
    const asked = withDeadlineWithin(300, undefined, (signal) => source.find(JOHN, { signal, reference: 'test' }));
    await expect(asked).rejects.toMatchObject({ kind: 'timeout' });
    expect(await source.find(JOHN, context())).toHaveLength(1);
  });
});

describe("HelpSpot's own errors", () => {
  it.each<[HelpSpotFault, object]>([
    [{ errors: [1] }, { kind: 'unauthorized', remedy: expect.stringContaining('Authorization') }],
    [{ errors: [2] }, { kind: 'unauthorized', remedy: expect.stringContaining('check token') }],
    ['too-many-attempts', { kind: 'rate-limited', retryAfterMs: 60_000, unsent: true }],
    ['trial-over', { kind: 'rejected', lasting: true, staffWords: 'has no valid licence' }],
    ['maintenance', { kind: 'unreachable', unsent: true, staffWords: expect.stringContaining('maintenance') }],
    [{ errors: [101] }, { kind: 'rejected', said: expect.stringContaining('Required parameter') }],
    [
      { errors: [201] },
      {
        kind: 'rejected',
        message: expect.stringMatching(/^HelpSpot refused private\.request\.search \(error 201\): /),
      },
    ],
    [{ errors: [101, 302] }, { kind: 'unreachable', message: expect.stringContaining('(error 101, 302)') }],
    [{ errors: [101, 2] }, { kind: 'unauthorized' }],
  ])('%j', async (how, failure) => {
    desk.fail(how, { ...SEARCH, times: 20 });
    expect(await failureOf(await open(), JOHN)).toMatchObject(failure);
  });

  it.each([
    '<?xml version="1.0" encoding="iso-8859-1"?>\n<errors><error><id>302</id><description>Wartung für Büro</description></error></errors>',
    '{"error":{"id":"302","description":"Wartung f\\u00fcr B\\u00fcro"}}',
    '{"errors":{"error":[{"id":302,"description":"Wartung f\\u00fcr B\\u00fcro"}]}}',
    '[{"id":"302","description":"Wartung f\\u00fcr B\\u00fcro"}]',
  ])('are read in whatever form they come: %s', async (text) => {
    const reply = { status: 400, headers: {}, body: Buffer.from(text, 'latin1') };
    desk.fail({ reply }, SEARCH);
    const failure = {
      kind: 'unreachable',
      message: 'HelpSpot refused private.request.search (error 302): Wartung für Büro',
    };
    expect(await failureOf(await open(), JOHN)).toMatchObject(failure);
  });

  it.each(['json', 'xml'])('an API that is off is told, in %s', async (form) => {
    desk.privateApi = false;
    if (form === 'xml') {
      const body = '<?xml version="1.0" encoding="iso-8859-1"?> <reply>Private API not enabled</reply>';
      desk.fail({ reply: { status: 400, headers: {}, body } }, { times: 5 });
    }
    expect(await checked()).toMatchObject({
      ...{ kind: 'rejected', lasting: true, message: 'HelpSpot refused private.version: Private API not enabled' },
      remedy: 'check "Private API" in HelpSpot under Admin, Settings, Web Services API',
    });
  });

  it('say nothing of the token or the password', async () => {
    for (const credentials of [{}, { token: undefined, user: 'tina@example.com', password: HELPSPOT_PASSWORD }]) {
      const body = JSON.stringify({ error: { id: 101, description: `${HELPSPOT_TOKEN} and ${HELPSPOT_PASSWORD}` } });
      desk.fail({ reply: { status: 400, headers: {}, body } }, SEARCH);
      const source = await open(credentials);
      const { message, said = '' } = await failureOf(source, JOHN);
      const secret = 'password' in credentials ? HELPSPOT_PASSWORD : HELPSPOT_TOKEN;
      expect(`${message} ${said} ${JSON.stringify(source.log.lines)}`).not.toContain(secret);
    }
  });
});

describe('the check', () => {
  it('proves version and rights, and counts', async () => {
    const source = await open();
    await source.check(context());
    expect(JSON.stringify(source.log.lines)).toContain('"version":"5.7.6"');
    expect(source.log.lines.at(-1)).toMatchObject({
      fields: { categories: 5, statuses: 6, staff: 4, customFields: 13 },
    });
  });

  it.each([
    [{ token: '1|wrong' }, { kind: 'unauthorized' }],
    [{ token: undefined, user: 'tina@example.com', password: 'wrong' }, { kind: 'unauthorized' }],
  ])('refuses %j', async (settings, failure) => {
    expect(await checked(settings)).toMatchObject(failure);
  });

  it('takes a password where passwords are taken', async () => {
    const settings = { token: undefined, user: 'tina@example.com', password: HELPSPOT_PASSWORD };
    expect(await checked(settings)).toBeUndefined();
    desk.takesPasswords = false;
    expect(await checked(settings)).toMatchObject({ kind: 'unauthorized', remedy: expect.stringContaining('SAML') });
  });

  it('says what staff would not see', async () => {
    const warnings = async (settings: object) => {
      const services = { name: 'desk', log: recordedLog(), resolve: (path: string) => path };
      const source = await helpspot.open(
        helpspot.settings.parse({ ...desk.settings, requestsPerSecond: 1000, ...settings }),
        services,
      );
      await source.check(context());
      await source.close?.();
      return source.state?.().warnings;
    };
    expect(await warnings({})).toEqual([]);
    expect(await warnings({ token: GUEST_TOKEN })).toEqual([expect.stringContaining('is a guest')]);
    desk.data.requests = [];
    desk.data.categories = [];
    expect(await warnings({})).toEqual([
      expect.stringContaining('gives no categories'),
      expect.stringContaining('gives no request at all'),
    ]);
  });

  it.each([{ list: 'categories' }, { list: 'contacts' }, { list: 'timeEvents' }, { list: 'kb' }, { filter: 'inbox' }])(
    'is for what the source gives: %j',
    async (settings) => {
      expect(await checked(settings)).toBeUndefined();
    },
  );

  it('never does what a gateway never does', async () => {
    const source = await open({ history: true });
    await source.check(context());
    await source.find(ask({}), noting());
    expect(desk.scandals).toEqual([]);
    expect(desk.writes).toEqual([]);
  });
});

describe('the settings', () => {
  const url = 'https://help.example.com';
  it.each([
    [{ url }, 'token: is missing; write it, or user and password'],
    [{ url, user: 'tina' }, 'password: is missing'],
    [{ url, token: 'x', password: 'y' }, 'password: stands beside token'],
    [{ url, token: 'x', list: 'staff', filter: 12 }, 'filter: stands beside list'],
    [{ url, token: 'x', list: 'staff', history: true }, 'history: goes with requests only'],
    [{ url: `${url}/admin`, token: 'x' }, 'url: is the address of a page'],
    [{ url: `${url}/helpdesk/api/index.php`, token: 'x' }, 'url: is the address of a page'],
    [{ url: `${url}/?pg=request`, token: 'x' }, 'url: has something behind ?'],
    [{ url, token: 'with space' }, 'token: is no API token'],
    [{ url, user: 'a:b', password: 'c' }, 'user: has a colon'],
  ])('refuse %j', (settings, words) => {
    const { error } = helpspot.settings.safeParse(settings);
    expect(error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n')).toContain(words);
  });

  it('take a folder, and a filter by number or name', () => {
    for (const filter of [12, 'inbox', 'myq', undefined]) {
      expect(helpspot.settings.safeParse({ url: `${url}/helpdesk`, token: '1|abc', filter }).success).toBe(true);
    }
  });
});
