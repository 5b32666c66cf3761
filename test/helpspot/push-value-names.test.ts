import { describe, expect, it } from 'vitest';
import { isRequestName } from '../../src/helpspot/named-ids.ts';
import { isMadeOfRequest, isPushValue, isSentField } from '../../src/helpspot/push-value-names.ts';
import { pushValues, pushValuesOf, pushWork, requestLink } from '../../src/helpspot/push-values.ts';
import { file, note, request } from './pushed-examples.ts';

const text = (one: Parameters<typeof pushValues>[0]) => pushValues(one, { format: 'text', withFileLinks: true });
const x = (count: number) => 'x'.repeat(count);

/** Whether the gateway alone makes it, HelpSpot sends it, and a template can name it. */
it.each([
  ['note', true, false, true],
  ['acting_person', true, false, true],
  ['staff_comment', false, true, true],
  ['fullname', false, false, true],
  ['xRequest', false, true, true],
  ['acting_person_email', false, true, true],
  ['Custom12', false, true, true],
  ['tNote', false, true, false],
  ['request_history', false, true, false],
  ['category', false, false, true],
  ...['Custom', 'xCustom1', 'Custom1x', 'toString', 'sTitel', ''].map((name) => [name, false, false, false] as const),
] as const)('%s is made: %s, sent: %s, a place: %s', (name, made, sent, place) => {
  expect([isMadeOfRequest(name), isSentField(name), isPushValue(name)]).toEqual([made, sent, place]);
  expect(isRequestName(name)).toBe(name === 'category');
});

describe('the work for a request', () => {
  const one = request({ sTitle: x(10), Custom1: x(100) }, [
    note({ id: '1', text: '<p>a', isHtml: true }),
    note({ id: '2', text: 'bb', isHtml: true, isPublic: false }),
    note({ id: '3', text: 'cc cc', isPublic: false }),
  ]);
  const work = (places: readonly string[] | undefined, format: 'text' | 'markdown' | 'html' = 'text', limit = 1_000) =>
    pushWork(one, { format, withFileLinks: true, ...(places !== undefined && { places }) }, limit);

  it.each([
    [['note'], 'text', 29],
    [['note', 'latest_public_note'], 'html', 29],
    [['latest_note'], 'text', 0],
    [['latest_note'], 'markdown', 3.5],
    [['latest_note', 'sTitle', 'nothing'], 'html', 1.5],
    [['sTitle'], 'markdown', 7],
    [['all_notes'], 'text', 31],
    [undefined, 'text', 31],
    [undefined, 'html', 42.5],
  ] as const)('for %j as %s is %d', (places, format, sum) => {
    expect(work(places, format)).toBeCloseTo(sum, 9);
  });

  it('is not counted further than it is asked for', () => {
    expect([work(['all_notes'], 'text', 29), work(['all_notes'], 'text', 30)]).toEqual([29, 31]);
    const brackets = request({}, [note({ text: '<'.repeat(100), isHtml: true })]);
    const options = { format: 'text', withFileLinks: true, places: ['note'] } as const;
    expect([25, 50, 3_000].map((limit) => pushWork(brackets, options, limit))).toEqual([125, 150, 2_600]);
  });
});

describe('the values at their limits', () => {
  it('are the newest two hundred thousand characters of notes', async () => {
    const heading = 'Customer, public\n\n';
    const of = async (...lengths: number[]) => {
      const notes = lengths.map((length) => note({ text: x(length - heading.length), at: undefined }));
      const { all_notes = '' } = await text(request({}, notes));
      return { words: /^.* left out/.exec(all_notes)?.[0], notes: all_notes.split(heading).length - 1 };
    };
    expect(await of(100_000, 100_000)).toEqual({ words: undefined, notes: 2 });
    expect(await of(100_001, 100_000)).toEqual({ words: '1 older note is left out', notes: 1 });
    expect(await of(50, 100_001, 100_000)).toEqual({ words: '2 older notes are left out', notes: 1 });
    expect(await of(200_001)).toEqual({ words: undefined, notes: 1 });
  });

  it('are two hundred attachments', async () => {
    const lines = async (count: number) => {
      const { files = '' } = await text(request({}, [note({ files: Array.from({ length: count }, () => file('a')) })]));
      return [files.split('\n').length, files.split('\n').at(-1)];
    };
    const link = '- a: https://help.example.com/admin?file=a';
    expect([await lines(200), await lines(201)]).toEqual([
      [200, link],
      [201, '- and 1 more'],
    ]);
  });

  it('are names of two hundred characters', async () => {
    const { fullname } = await text(request({ fullname: x(200), sFirstName: 'left out' }));
    expect([fullname, (await text(request({ fullname: x(201) }))).fullname]).toEqual([x(200), `${x(200)}…`]);
    expect((await text(request({ fullname: ' \n ', sFirstName: ' A ', sLastName: ' B\n C ' }))).fullname).toBe('A B C');
  });
});

it('what is sent under the name of a value that the gateway makes is not read', async () => {
  const fields = {
    note: 'sent',
    all_notes: 'sent',
    files: 'sent',
    staff_comment: ' a ',
    dtGMTOpened: '1',
    dtGMTClosed: 'x',
  };
  const notes = [note({ text: ' b ' }), note({ text: ' <p>c</p> ', isHtml: true })];
  const written = await text(request(fields, notes));
  expect(written).toMatchObject({ note: 'b', latest_note: 'c', files: '', staff_comment: 'a' });
  expect(written).toMatchObject({ opened_at: '1970-01-01T00:00:01Z', closed_at: '' });
  const wanted = [
    { format: 'html', withFileLinks: true, places: ['note'] },
    { format: 'text', withFileLinks: true, places: [] },
  ] as const;
  expect(await pushValuesOf({ request: request(fields, notes), wanted })).toEqual([{ note: 'b' }, {}]);
});

it('staff whose name HelpSpot does not tell are numbers', async () => {
  const fields = { xPersonAssignedTo: '5', acting_person_xperson: '6', acting_person_lname: 'Jones' };
  const notes = ['5', '6'].map((person) => note({ person, text: 'x', at: undefined, isPublic: person === '6' }));
  expect((await text(request(fields, notes))).all_notes).toBe('Staff 5, private\n\nx\n\nJones, public\n\nx');
});

it.each([
  ['https://a.example/x//', 'https://a.example/x/admin?pg=request&reqid=5'],
  ['https://a.example/#x', 'https://a.example/admin?pg=request&reqid=5'],
  ['https://a.example/ADMIN.PHP', 'https://a.example/ADMIN.PHP?pg=request&reqid=5'],
  ['https://a.example/admin.php5', 'https://a.example/admin.php5/admin?pg=request&reqid=5'],
  ['https://a.example/Index.PHP', 'https://a.example/admin?pg=request&reqid=5'],
  ['https://a.example/index.php/x', 'https://a.example/index.php/x/admin?pg=request&reqid=5'],
])('from %s the link back is %s', (address, href) => {
  expect(requestLink(request({ xRequest: '5' }), address)?.href).toBe(href);
});

it.each([
  ['1'.repeat(20), true],
  ['1'.repeat(21), false],
  ['5 ', false],
  ['x5', false],
])('to the request %s there is a link: %s', (xRequest, there) => {
  expect(requestLink(request({ xRequest }), 'https://a.example') !== undefined).toBe(there);
});
