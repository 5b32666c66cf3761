import { describe, expect, it } from 'vitest';
import type { PushAbility } from '../../../src/contract/index.ts';
import { fillOwnPush, fillPush, fillRecordPush, PushTooLarge } from '../../../src/gateway/push/filling.ts';
import { fingerprintOf, newPushName } from '../../../src/gateway/push/fingerprint.ts';
import type { PushTargetPlan } from '../../../src/gateway/push/plan.ts';
import type { PushedFile, PushedNote, PushedRequest } from '../../../src/helpspot/pushed-request.ts';
import { pushed, pushTargetPlan } from './harness.ts';

const URL = 'https://help.example.com';
const image: PushedFile = { name: 'a.png', type: 'image/png', documentId: '1', privateUrl: `${URL}/admin?id=1` };
const sent: PushedFile = { ...image, name: 'b.png', documentId: '2', bytes: new Uint8Array([1]) };

interface Case {
  readonly fields?: Record<string, string>;
  readonly files?: readonly PushedFile[];
  readonly ability?: Partial<PushAbility>;
  readonly url?: string;
}

function fill(plan: Partial<PushTargetPlan>, { fields, files = [], ability, url }: Case = {}) {
  const request = pushed(fields);
  const notes = request.notes.map((note) => ({ ...note, files }));
  const whole: PushAbility = { format: 'text', fields: 'any', ...ability };
  return fillPush(pushTargetPlan(plan), whole, { ...request, notes }, url);
}

describe('the title', () => {
  it.each([
    [undefined, {}, 'Printer'],
    [undefined, { sTitle: '' }, 'HelpSpot request 12400'],
    [undefined, { sTitle: ' ', xRequest: '' }, 'HelpSpot request'],
    ['[{{xRequest}}] {{sTitle}} {{nothing}}', { sTitle: 'a\r\nBcc: b\u0000c\u2028d' }, '[12400] a Bcc: b c d'],
    ['{{sTitle}}', { sTitle: '{{sEmail}} & <b>' }, '{{sEmail}} & <b>'],
    ['{{sTitle}}', { sTitle: '😀'.repeat(300) }, `${'😀'.repeat(126)}…`],
  ])('of %j with %j', async (title, fields, expected) => {
    expect((await fill({ title }, { fields, ability: { format: 'html' } })).title).toBe(expected);
  });
});

describe('a title that is too long', () => {
  const sTitle = `<b> ${'word '.repeat(60)}end`;

  it.each([
    ['text', undefined, `${sTitle}\n\nThe printer burns`],
    ['html', '{{note}}', `${sTitle.replace('<b>', '&lt;b&gt;')}<br><br>\nThe printer burns`],
    ['text', '{{sTitle}}!', `${sTitle}!`],
    ['text', '', ''],
  ] as const)('is cut, and said, and whole in the body (%s, %j)', async (format, body, expected) => {
    const cuts: string[] = [];
    const plan = pushTargetPlan({ body });
    const onCutTitle = () => void cuts.push('cut');
    const filled = await fillPush(plan, { format, fields: 'any' }, pushed({ sTitle }), undefined, { onCutTitle });
    expect(filled.title).toMatch(/^<b> word .*word wo?r?d?…$/);
    expect(filled.title.length).toBeLessThanOrEqual(254);
    expect([filled.body, cuts]).toEqual([expected, ['cut']]);
  });

  it('of a note is not repeated, and one that fits is not said', async () => {
    const cuts: string[] = [];
    const onCutTitle = () => void cuts.push('cut');
    const ability = { format: 'text', fields: 'any' } as const;
    const long = { title: '{{sBig}}', body: '{{note}}' };
    const request = pushed({ sBig: 'x'.repeat(5_000), sTitle: 'y'.repeat(254) });
    expect((await fillPush(pushTargetPlan(long), ability, request, undefined, { onCutTitle })).body).toBe(
      'The printer burns',
    );
    expect(cuts).toHaveLength(1);
    await fillPush(pushTargetPlan({}), ability, request, undefined, { onCutTitle });
    expect(cuts).toHaveLength(1);
  });
});

it.each([
  ['a template', { body: '{{sBig}}'.repeat(500) }],
  ['its parts together', { body: '{{sBig}}'.repeat(6), fields: { a: '{{sBig}}'.repeat(6) } }],
])('what is too large because of %s is refused before it fills the memory', async (_what, plan) => {
  await expect(fill(plan, { fields: { sBig: 'x'.repeat(1_000_000) } })).rejects.toThrow(PushTooLarge);
});

describe('the body', () => {
  it('left out has what there is: comment, first note, attachments, and the way back', async () => {
    const all = await fill({ body: undefined }, { fields: { staff_comment: 'Please look' }, files: [image], url: URL });
    expect(all.body.split('\n\n')).toEqual([
      'Please look',
      'The printer burns',
      expect.stringContaining('a.png'),
      expect.stringContaining(`${URL}/admin?pg=request&reqid=12400`),
    ]);
    expect(all.link?.href).toBe(`${URL}/admin?pg=request&reqid=12400`);
    expect((await fill({ body: undefined })).body).toBe('The printer burns');
  });

  it('is written in the format of the target, values escaped, the template as it is', async () => {
    const fields = { sTitle: '<img src=x onerror=y>' };
    const html = await fill({ body: '<p>{{sTitle}}</p>' }, { fields, ability: { format: 'html' } });
    expect(html.body).toBe('<p>&lt;img src=x onerror=y&gt;</p>');
    expect(html.values['sTitle']).toBe(fields.sTitle);
    expect((await fill({ body: '<p>{{sTitle}}</p>' }, { fields })).body).toBe('<p><img src=x onerror=y></p>');
  });

  it('has no holes where values are empty', async () => {
    expect((await fill({ body: '{{staff_comment}}\n\n{{note}}\n \n{{nothing}}\n\nEnd\n' })).body).toBe(
      'The printer burns\n\nEnd',
    );
  });

  it('loses no attachment because its template does not name them', async () => {
    expect((await fill({ body: '{{note}}' }, { files: [image] })).body).toContain(`${URL}/admin?id=1`);
    expect((await fill({ body: 'F: {{files}}' }, { files: [image] })).body.match(/a\.png/g)).toHaveLength(1);
    expect((await fill({ body: '' }, { files: [image] })).body).toBe('');
    expect((await fill({ body: ' \n' }, { files: [image] })).body).toBe('');
    expect((await fill({ body: '{{note}}', attachments: 'none' }, { files: [image] })).body).toBe('The printer burns');
  });

  it('links only what is not sent as a file', async () => {
    const push = await fill(
      { body: '{{files}}', attachments: 'files' },
      { files: [image, sent], ability: { files: true } },
    );
    expect(push.files).toEqual([{ name: 'b.png', type: 'image/png', url: sent.privateUrl, bytes: sent.bytes }]);
    expect(push.body).toContain('a.png');
    expect(push.body).not.toContain('b.png');
    expect((await fill({ body: '{{files}}' }, { files: [sent], ability: { files: true } })).files).toEqual([]);
  });
});

it('notes are converted for an adapter that may read them, or where a template names them', async () => {
  const plan = { title: '{{latest_note}}', body: '{{note}}' };
  const all = await fill(plan, { ability: { format: 'html' } });
  expect(all.values).toMatchObject({ note: 'The printer burns', all_notes: expect.stringContaining('burns') });
  const some = await fill(plan, { ability: { format: 'html', readsNotes: false } });
  expect(Object.keys(some.values).filter((name) => name.endsWith('note') || name === 'all_notes')).toEqual([
    'latest_note',
  ]);
  expect(some.values).toMatchObject({ sTitle: 'Printer', fullname: expect.any(String), request_link: '' });
  expect([some.title, some.body]).toEqual([all.title, all.body]);
  expect((await fill({ body: '{{all_notes}}' }, { ability: { format: 'html' } })).body).toContain('burns');
});

it('fields that come out empty are left out; places have no prototype', async () => {
  const fields = { a: '{{Custom5}}', b: ' {{nothing}} ', c: '{{constructor}}', d: '{{__proto__}}x' };
  const push = await fill({ fields }, { fields: { Custom5: ' 3 ' }, ability: { format: 'markdown' } });
  expect(push.fields).toEqual({ a: '3', d: 'x' });
});

describe('the mark of a push', () => {
  const files = { format: 'text', fields: 'any', files: true } as const;

  async function markOf(
    change: (request: PushedRequest) => PushedRequest = (request) => request,
    more: Partial<PushTargetPlan> = {},
    writesBack?: string,
  ) {
    const { fields, notes } = pushed({ acting_person_xperson: '7', acting_person_fname: 'Tina', iLastReadCount: '1' });
    const request = change({ fields, notes: notes.map((note) => ({ ...note, files: [sent] })) });
    const plan = pushTargetPlan({ body: 'x', attachments: 'files', ...more });
    return fingerprintOf(plan, request, await fillPush(plan, files, request, URL), { writesBack });
  }

  const added = (more: Partial<PushedNote>) => (request: PushedRequest) => {
    const [first] = request.notes;
    return first === undefined ? request : { ...request, notes: [...request.notes, { ...first, files: [], ...more }] };
  };
  const withFields = (fields: Record<string, string>) => (request: PushedRequest) => {
    return { ...request, fields: { ...request.fields, ...fields } };
  };
  const withFile = (more: Partial<PushedFile>) => (request: PushedRequest) => {
    return { ...request, notes: request.notes.map((note) => ({ ...note, files: [{ ...sent, ...more }] })) };
  };

  const rewritten = (more: Partial<PushedNote>) => (request: PushedRequest) => {
    return { ...request, notes: request.notes.map((note) => ({ ...note, ...more })) };
  };

  it.each([
    ['a note has other words', rewritten({ text: 'It burns' })],
    ['a note is of somebody else', rewritten({ person: '9' })],
    ['a note is of another time', rewritten({ at: new Date(60_000) })],
    ['a note is for staff only', rewritten({ isPublic: false })],
    ['a note is HTML', rewritten({ isHtml: true })],
    ['a note came', added({ id: '237', text: 'It still burns', isPublic: false })],
    ['the same words came again', added({ id: '237', at: new Date(60_000) })],
    ['a field was changed', withFields({ Custom5: 'urgent' })],
    ['the comment is another', withFields({ staff_comment: 'Look' })],
    ['a file of the same length has other bytes', withFile({ bytes: new Uint8Array([2]) })],
    ['a file is of another type', withFile({ type: 'text/plain' })],
  ])('is another one when %s', async (_what, change) => {
    expect(await markOf(change)).not.toBe(await markOf());
  });

  it.each([
    ['nothing was changed', (request: PushedRequest) => request],
    ['HelpSpot wrote about the push itself', added({ id: '237', text: ' ', log: 'Pushed to Tickets', person: '7' })],
    ['somebody read it', withFields({ iLastReadCount: '2', iLastReplyBy: '7' })],
    ['somebody else clicks', withFields({ acting_person_xperson: '9', acting_person_fname: 'Tom' })],
  ])('stays the same when %s', async (_what, change) => {
    expect(await markOf(change)).toBe(await markOf());
  });

  it('stays the same when the number of what was made has been written back', async () => {
    const written = withFields({ Custom7: '12417' });
    expect(await markOf(written, {}, 'Custom7')).toBe(await markOf(undefined, {}, 'Custom7'));
    expect(await markOf(written, {}, 'Custom8')).not.toBe(await markOf(undefined, {}, 'Custom8'));
  });

  it('counts who clicks where a template names them, and what the templates are', async () => {
    const asTom = withFields({ acting_person_xperson: '9', acting_person_fname: 'Tom' });
    const named = { body: '{{acting_person}}: {{note}}' };
    expect(await markOf(asTom, named)).not.toBe(await markOf(undefined, named));
    expect(await markOf(undefined, named)).not.toBe(await markOf());
    const more = [
      {},
      { body: '' },
      { body: undefined },
      { title: 'x' },
      { fields: { a: 'x' } },
      { fields: { b: 'x' } },
    ];
    const marks = [...more, { name: 'Bugs' }, { attachments: 'links' as const }].map((one) => markOf(undefined, one));
    expect(new Set(await Promise.all(marks)).size).toBe(8);
  });

  it('stays the same when an author of notes clicks, whose name is known then', async () => {
    const byStaff = added({ id: '237', person: '9', text: 'Seen' });
    const asTom = withFields({ acting_person_xperson: '9', acting_person_fname: 'Tom' });
    expect(await markOf((request) => asTom(byStaff(request)))).toBe(await markOf(byStaff));
  });
});

describe('a push about no request', () => {
  const values = Object.assign(Object.create(null), { name: '<Bob>', note: ' x ', big: 'y'.repeat(300) });
  const write = (text: string) => text.replaceAll('<', '&lt;');
  const usual = { title: 'A <call>', body: 'From <Bob>' };
  const record = (plan: Partial<PushTargetPlan>, more: object = {}) =>
    fillRecordPush(pushTargetPlan(plan), { values, usual, format: 'html', write, ...more });

  it('is filled with the fields of a record, written in the format of the target, or has what is usual', () => {
    const fields = { a: '{{note}}', b: '{{nothing}}' };
    expect(record({ title: '{{name}}\n{{nothing}}', body: '<p>{{name}}</p>\n\n\n{{nothing}}\n', fields })).toEqual({
      ...{ title: '<Bob>', body: '<p>&lt;Bob></p>', fields: { a: 'x' }, link: undefined, files: [], values },
    });
    expect(record({ body: undefined })).toMatchObject({ title: 'A <call>', body: 'From &lt;Bob>' });
    expect(record({ title: '{{nothing}}', body: '' })).toMatchObject({ title: 'A <call>', body: '' });
    expect(record({ title: '{{big}}', body: '{{name}}' })).toMatchObject({
      ...{ title: `${'y'.repeat(253)}…`, body: `${'y'.repeat(300)}<br><br>\n&lt;Bob>` },
    });
  });

  it('is refused when it is too large', () => {
    const large = (count: number) => record({ body: undefined }, { usual: { title: 'T', body: 'x'.repeat(count) } });
    expect(large(10 * 1024 * 1024).body).toHaveLength(10 * 1024 * 1024);
    expect(() => large(10 * 1024 * 1024 + 1)).toThrow(PushTooLarge);
  });

  it('of the gateway itself has its title on one line, and fields with nothing in their places', () => {
    const fields = { a: 'x{{sTitle}}', b: '{{sTitle}}' };
    expect(fillOwnPush(pushTargetPlan({ fields }), 'Down\n now', 'B')).toEqual({
      ...{ title: 'Down now', body: 'B', fields: { a: 'x' }, link: undefined, files: [], values: {} },
    });
    expect(fillOwnPush(pushTargetPlan(), 'x'.repeat(300), 'B').title).toHaveLength(254);
  });
});

it('a request without a history has its title in the place of the notes', async () => {
  const { fields } = pushed({ sTitle: ' Printer ' });
  const plan = pushTargetPlan({ body: undefined });
  const ability = { format: 'text', fields: 'any' } as const;
  expect((await fillPush(plan, ability, { fields, notes: [] }, URL)).body).toBe(
    `Printer\n\n${URL}/admin?pg=request&reqid=12400`,
  );
});

it('an id has the time in it, and 16 digits by chance, which the reference has, too', () => {
  const { id, reference } = newPushName(36 ** 3);
  expect(id).toMatch(/^q-1000-[0-9a-f]{16}$/);
  expect(reference).toBe(id.replace('q-', 'hs-'));
});
