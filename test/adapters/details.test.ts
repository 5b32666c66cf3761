/** What staff see of a pushed thing beside its state: the newest comments, and its files. */
import { describe, expect, it } from 'vitest';
import { lastPage } from '../../adapters/github/comments.ts';
import { wordsOf } from '../../adapters/jira/text.ts';
import { type CallContext, type DetailsRow, SourceError, withDeadlineWithin } from '../../src/contract/index.ts';
import { writeDetails } from '../../src/helpspot/details-html.ts';
import { commentRows, fileRows, moreRows } from '../../src/kit/text/index.ts';
import { sayAtIssue } from '../support/github/github.ts';
import { addNote } from '../support/helpspot/stored.ts';
import { recordedLog } from '../support/log.ts';
import { context } from '../support/open-source.ts';
import { type PushSource, pushRequest } from '../support/push-source.ts';
import { readPage } from '../support/targets/page.ts';
import { openCollab } from './activecollab/source.ts';
import { openOnceCampfire } from './campfire/source.ts';
import { openFogBugz } from './fogbugz/source.ts';
import { openGithub } from './github/source.ts';
import { openHelpSpot, requestIn } from './helpspot/target.ts';
import { openHighrise } from './highrise/source.ts';
import { openDataCenter, openJira } from './jira/source.ts';

const DAY = (day: number) => `2026-11-${String(day).padStart(2, '0')}`;
const FAILED = 'cannot be read now';
const PASS = { delayMs: 0 };

/** The rows that have a value, by label. */
async function rowsOf(target: PushSource, id: string): Promise<Record<string, DetailsRow['value']>> {
  const rows = (await target.details?.(id, context()))?.rows ?? [];
  return Object.fromEntries(rows.flatMap(({ label, value }) => (value === undefined ? [] : [[label, value]])));
}

describe('rows of comments and files', () => {
  it('are the newest three, each on one line of 200 characters', () => {
    const comments = [4, 2, 9, 7].map((day) => ({
      author: ` Jane\n${day} `,
      at: new Date(`${DAY(day)}T23:00:00Z`),
      text: `At ${day}\r\n\u0000 and ${'on 🔥 '.repeat(2_000)}`,
    }));
    const [row, ...others] = commentRows(comments);
    expect(others).toEqual([]);
    expect(row?.label).toBe('Newest comments');
    const lines = [row?.value ?? []].flat().map(String);
    expect(lines.map((line) => line.slice(0, 30))).toEqual([
      '2026-11-09, Jane 9: At 9 and o',
      '2026-11-07, Jane 7: At 7 and o',
      '2026-11-04, Jane 4: At 4 and o',
    ]);
    for (const line of lines) {
      expect(line.length).toBeLessThanOrEqual(20 + 200);
      expect(line).toMatch(/…$/);
      expect(line.isWellFormed()).toBe(true);
    }
  });

  it('need neither a name nor a day, and leave out who said nothing', () => {
    const nobody = [
      { text: 'Hi' },
      { author: 'Bob', text: ' \n ' },
      { author: 'Ann', at: new Date(Number.NaN), text: 'Ho' },
    ];
    expect(commentRows(nobody)).toEqual([{ label: 'Newest comments', value: ['Hi', 'Ann: Ho'] }]);
    expect(commentRows([])).toEqual([]);
  });

  it('are ten links at most, to web pages only, and no markup', () => {
    const hostile = [
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      'mailto:a@example.com',
      '/secure/1',
      '',
    ];
    const files = [
      { name: '<b>"bad"</b>.txt', href: 'https://files.example.com/1?a=1&b="2"' },
      ...hostile.map((href) => ({ name: `x${href}`, href })),
      ...Array.from({ length: 9 }, (_, index) => ({ name: `f${index}`, href: 'http://files.example.com/' })),
    ];
    const rows = fileRows(files);
    const page = readPage(writeDetails({ title: 'It', rows }));
    expect(page.dangers).toEqual([]);
    expect(page.text).toContain('<b>"bad"</b>.txt');
    expect(page.text).toContain('and 6 more');
    expect(page.links).toEqual([
      'https://files.example.com/1?a=1&b=%222%22',
      ...Array(3).fill('http://files.example.com/'),
    ]);
    expect(fileRows([])).toEqual([]);
  });

  it('say that they cannot be read, and have half of the time for it', async () => {
    const log = recordedLog();
    const call = context();
    const failing = async () => {
      throw new SourceError('unreachable', 'gone');
    };
    expect(await moreRows('Comments', failing, call, log)).toEqual([{ label: 'Comments', value: FAILED }]);
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { part: 'Comments', problem: 'gone' } }]);
    const hanging = await withDeadlineWithin(2_000, undefined, async (signal) => {
      const limited: CallContext = { signal, reference: 'x' };
      const rows = await moreRows('Comments', () => new Promise(() => undefined), limited, log);
      return { rows, isOver: signal.aborted };
    });
    expect(hanging).toEqual({ rows: [{ label: 'Comments', value: FAILED }], isOver: false });
    const bug = async () => {
      throw new TypeError('a bug');
    };
    await expect(moreRows('Comments', bug, call, log)).rejects.toThrow('a bug');
  });
});

describe.each(['xml', 'json'] as const)('FogBugz by the %s API', (api) => {
  it('shows what was written after the opening, and every file', async () => {
    const { fogBugz, target } = await openFogBugz({ api });
    const { id } = await target.push(pushRequest(), context());
    expect(await rowsOf(target, id)).not.toHaveProperty('Newest comments');
    const file = { sFileName: 'a & b.txt', sURL: 'default.asp?pg=pgDownload&amp;ixAttachment=3&amp;token=secret' };
    fogBugz.made[0]?.history.push(
      {
        sVerb: 'Edited',
        sPerson: 'Jane Smith',
        dt: `${DAY(21)}T08:00:00Z`,
        s: 'Ordered <b>paper</b>',
        rgAttachments: [file],
      },
      { sVerb: 'Assigned', sPerson: 'Bob', dt: `${DAY(22)}T08:00:00Z`, s: '', rgAttachments: [] },
      { sVerb: 'Resolved', sPerson: 'Bob', dt: `${DAY(23)}T08:00:00Z`, s: 'Done', rgAttachments: [] },
    );
    expect(await rowsOf(target, id)).toMatchObject({
      Status: 'Active',
      'Newest comments': ['2026-11-23, Bob: Done', '2026-11-21, Jane Smith: Ordered <b>paper</b>'],
      Attachments: [{ href: `${fogBugz.url}/default.asp?pg=pgDownload&ixAttachment=3`, text: 'a & b.txt' }],
    });
  });

  it('shows the state where the history cannot be read', async () => {
    const { fogBugz, target } = await openFogBugz({ api });
    const { id } = await target.push(pushRequest(), context());
    fogBugz.http.faults = [PASS, { status: 500 }];
    expect(await rowsOf(target, id)).toMatchObject({ Status: 'Active', 'Comments and attachments': FAILED });
  });
});

describe('GitHub', () => {
  it.each([1, 2, 3, 4, 61, 100, 101, 250])('shows the newest of %i comments', async (count) => {
    const { running, target } = await openGithub();
    const { id } = await target.push(pushRequest(), context());
    for (let index = 1; index <= count; index += 1) {
      sayAtIssue(
        running,
        1,
        `No. ${index}`,
        new Date(Date.UTC(2026, 10, 1) + index).toISOString(),
        index === 1 ? null : 'ada',
      );
    }
    const lines = Array.from({ length: Math.min(3, count) }, (_, index) => count - index);
    expect(await rowsOf(target, id)).toMatchObject({
      State: 'open',
      Comments: count,
      'Newest comments': lines.map((number) => `2026-11-01${number === 1 ? '' : ', ada'}: No. ${number}`),
    });
  });

  it('has the last three comments on one page, however many there are', () => {
    for (let count = 3; count <= 5_000; count += 1) {
      const { per_page, page } = lastPage(count);
      expect(per_page).toBeLessThanOrEqual(100);
      expect(per_page * (page - 1)).toBeLessThanOrEqual(count - 3);
      expect(per_page * page).toBeGreaterThanOrEqual(count);
    }
  });

  it('asks for no comments where there are none, and shows the state where they cannot be read', async () => {
    const { running, target } = await openGithub();
    const { id } = await target.push(pushRequest(), context());
    await target.details?.(id, context());
    expect(running.standIn.received.map(({ path }) => path)).not.toContainEqual(expect.stringContaining('comments'));
    sayAtIssue(running, 1, 'Hi', `${DAY(1)}T00:00:00Z`, 'ada');
    running.standIn.faults = [PASS, { status: 403, body: { message: 'Forbidden' } }];
    expect(await rowsOf(target, id)).toMatchObject({ State: 'open', Comments: 1, 'Newest comments': FAILED });
  });
});

describe('Jira', () => {
  const paragraph = (...content: object[]) => ({ type: 'paragraph', content });
  const text = (words: string) => ({ type: 'text', text: words });
  const mention = { type: 'mention', attrs: { id: '1', text: '@Ada' } };
  const document = { version: 1, type: 'doc', content: [paragraph(text('Ask '), mention), paragraph(text('again'))] };

  it.each([
    ['Cloud', openJira, document],
    ['Data Center', openDataCenter, 'Ask @Ada\r\n\r\nagain'],
  ] as const)('%s shows the newest comments and the files', async (_edition, open, body) => {
    const { running, target } = await open();
    const bytes = new Uint8Array([1]);
    const files = [{ name: 'a.txt', type: 'text/plain', url: undefined, bytes }];
    const { id } = await target.push(pushRequest({ files }), context());
    for (let day = 1; day <= 5; day += 1) {
      running.issues[0]?.comments.push({ author: 'Bob', created: `${DAY(day)}T10:00:00.000+0000`, body });
    }
    expect(await rowsOf(target, id)).toMatchObject({
      Status: 'To Do',
      'Newest comments': [5, 4, 3].map((day) => `${DAY(day)}, Bob: Ask @Ada again`),
      Attachments: [{ href: `${running.url}/rest/api/3/attachment/content/0`, text: 'a.txt' }],
    });
  });

  it('names files without a link where it names them by an address for programs', async () => {
    const { target } = await openJira({ pages: 'https://example.atlassian.net' });
    const files = [{ name: 'a.txt', type: 'text/plain', url: undefined, bytes: new Uint8Array([1]) }];
    const { id } = await target.push(pushRequest({ files }), context());
    expect(await rowsOf(target, id)).toMatchObject({ Attachments: ['a.txt'] });
  });

  it('shows the state where the comments cannot be read', async () => {
    const { running, target } = await openJira();
    const { id } = await target.push(pushRequest(), context());
    running.standIn.faults = [PASS, { status: 403, body: { errorMessages: ['No'] } }];
    expect(await rowsOf(target, id)).toMatchObject({ Status: 'To Do', 'Newest comments': FAILED });
  });

  it('reads a document that is nested deeper than anybody writes', () => {
    let nested: object = text('deep');
    for (let depth = 0; depth < 100_000; depth += 1) nested = { type: 'blockquote', content: [nested] };
    expect(wordsOf(nested)).toBe('');
    expect(
      wordsOf({ type: 'doc', content: [null, 7, 'x', paragraph(text('a'), { type: 'hardBreak' }, text('b'))] }),
    ).toBe('a\nb');
    expect(wordsOf(undefined)).toBe('');
  });
});

describe('ActiveCollab', () => {
  const body = '<p>Look<br>at &lt;this&gt;</p><script>alert(1)</script>';

  it.each([
    ['current', false],
    ['current', true],
    ['classic', false],
  ] as const)('shows the newest comments and the files (%s, asked for: %s)', async (api, countsComments) => {
    const { collab, target } = await openCollab({ api });
    const { id } = await target.push(pushRequest(), context());
    collab.house.countsComments = countsComments;
    const [task] = collab.made;
    for (let day = 1; day <= 5; day += 1) task?.comments.push({ by: 9, at: Date.UTC(2026, 10, day) / 1000, body });
    task?.files.push({ name: 'a.txt', url: 'https://projects.example.com/a' }, { name: 'b.txt', url: undefined });
    expect(await rowsOf(target, id)).toMatchObject({
      Status: 'Open',
      'Newest comments': [5, 4, 3].map((day) => `${DAY(day)}, Jane Smith: Look at <this>`),
      Attachments: [{ href: 'https://projects.example.com/a', text: 'a.txt' }, 'b.txt'],
    });
  });

  it('shows the state where the comments cannot be read', async () => {
    const { collab, target } = await openCollab();
    const { id } = await target.push(pushRequest(), context());
    collab.house.countsComments = true;
    collab.made[0]?.comments.push({ by: 9, at: 1, body });
    collab.http.faults = [PASS, { status: 403, body: { type: 'X', message: 'No' } }];
    expect(await rowsOf(target, id)).toMatchObject({ Status: 'Open', Comments: 1, 'Newest comments': FAILED });
  });
});

describe('HelpSpot', () => {
  const at = (day: number) => Date.UTC(2026, 10, day, 10) / 1000;

  it('shows the state by name, the newest notes, private ones too, and the files', async () => {
    const { desk, target } = await openHelpSpot();
    const request = requestIn(desk, 12_402);
    const file = { xDocumentId: 90, sFilename: 'a & b.txt', sFileMimeType: 'text/plain', body: Buffer.from('x') };
    addNote(desk.data, request, { dtGMTChange: at(20), tNote: 'Still?', fPublic: true, files: [file] });
    addNote(desk.data, request, {
      dtGMTChange: at(21),
      xPerson: 2,
      tNote: '<p>Look<br>at <b>it</b></p>',
      fNoteIsHTML: true,
    });
    addNote(desk.data, request, { dtGMTChange: at(22), xPerson: 3, tLog: 'Status changed' });
    const details = await target.details?.('12402', context());
    expect(details).toMatchObject({ title: '#12402 Störung', link: `${desk.url}/admin?pg=request&reqid=12402` });
    expect(await rowsOf(target, '12402')).toMatchObject({
      ...{ Open: true, Status: 'Active', Category: 'Bugs', 'Assigned to': 'Jörg Müller', Urgent: true },
      'Newest comments': [
        `${DAY(21)}, Ian Landsman: Look at it`,
        `${DAY(20)}, Ute Grünwald: Still?`,
        expect.stringMatching(/^2\d{3}-\d\d-\d\d, Ute Grünwald: A note\.$/),
      ],
      Attachments: [
        { href: `${desk.url}/admin.php?pg=file&from=0&id=90&showfullsize=1&download=1`, text: 'a & b.txt' },
      ],
    });
    expect(await rowsOf(target, '12402')).not.toHaveProperty('Merged');
    expect(desk.scandals).toEqual([]);
  });

  it('follows a request that was merged, and says so; tells the trash; and knows nothing of what is gone', async () => {
    const { target } = await openHelpSpot();
    expect(await target.details?.('12405', context())).toMatchObject({ title: '#12401 Offer' });
    expect(await rowsOf(target, '12405')).toMatchObject({ Merged: 'request 12405 was merged into this one' });
    expect(await rowsOf(target, '12409')).toMatchObject({ Status: 'In the trash', 'Assigned to': 'nobody' });
    expect(await rowsOf(target, '12404')).toMatchObject({ Open: false, Closed: expect.any(Date), Category: 'Fax' });
    expect(await target.details?.('99999', context())).toBeUndefined();
  });
});

it('Highrise shows the files of the newest note', async () => {
  const { account, target } = await openHighrise();
  const { id } = await target.push(
    pushRequest({ fields: { email: 'bob@example.com', last_name: 'Jones' } }),
    context(),
  );
  account.notes[0]?.files.push({ url: 'https://example.highrisehq.com/files/1', name: 'picture.png' });
  expect(await rowsOf(target, id)).toMatchObject({
    Attachments: [{ href: 'https://example.highrisehq.com/files/1', text: 'picture.png' }],
  });
});

describe('Campfire', () => {
  it('shows the message while it is among the last ones of the room', async () => {
    const { running, target } = await openOnceCampfire();
    const { id } = await target.push(pushRequest(), context());
    const day = new Date().toISOString().slice(0, 10);
    const expected = [expect.stringMatching(new RegExp(`^${day}, HelpSpot: Printer on fire The printer on floor 3`))];
    expect(await rowsOf(target, id)).toEqual({ Message: expected });
    running.standIn.faults = [{ status: 500 }];
    expect(await rowsOf(target, id)).toEqual({ Message: FAILED });
    for (let count = 0; count < 40; count += 1) await target.push(pushRequest(), context());
    expect(await rowsOf(target, id)).toEqual({});
  });

  it('whose bots cannot read is not asked', async () => {
    const { running, target } = await openOnceCampfire({ findMessages: false });
    const { id } = await target.push(pushRequest(), context());
    expect(await rowsOf(target, id)).toEqual({});
    expect(running.standIn.received.filter(({ method }) => method === 'GET')).toEqual([]);
  });
});
