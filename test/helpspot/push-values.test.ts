import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import { describe, expect, it } from 'vitest';
import { isPushValue, MADE_VALUES } from '../../src/helpspot/push-value-names.ts';
import { filesOf, pushValues, requestLink } from '../../src/helpspot/push-values.ts';
import { readPushedRequest } from '../../src/helpspot/pushed-json.ts';
import type { PushedRequest } from '../../src/helpspot/pushed-request.ts';
import { nastyText } from './nasty.ts';
import { file, MANUAL_REQUEST, note, request } from './pushed-examples.ts';

const manual = readPushedRequest(JSON.stringify(MANUAL_REQUEST));
const URL_OF_HELPSPOT = 'https://help.example.com';

const text = (one: PushedRequest, helpSpotUrl?: string) =>
  pushValues(one, { format: 'text', helpSpotUrl, withFileLinks: true });

/** Names of the elements in HTML, and of their attributes. */
function markupIn(html: string): readonly string[] {
  const walk = (node: DefaultTreeAdapterTypes.Node): string[] => [
    ...('tagName' in node ? [node.tagName, ...node.attrs.map(({ name }) => `${node.tagName}.${name}`)] : []),
    ...('childNodes' in node ? node.childNodes.flatMap(walk) : []),
  ];
  return walk(parseFragment(html));
}

describe('the values for templates', () => {
  it('are the fields of the request and what is made of it', async () => {
    const values = await text(manual, URL_OF_HELPSPOT);
    expect(values).toMatchObject(manual.fields);
    expect(Object.fromEntries(Object.keys(MADE_VALUES).map((name) => [name, values[name]]))).toEqual({
      note: 'Request history note',
      latest_note: 'Request history note',
      latest_public_note: '',
      all_notes: '2007-07-09 22:57 UTC, Tom Landers, private\n\nRequest history note',
      staff_comment: '',
      files: '- icon.jpg: http://www.site.com/admin.php?pg=file&id=59',
      request_link: 'https://help.example.com/admin?pg=request&reqid=12400',
      fullname: 'Bob Jones',
      acting_person: 'Tina Jones',
      assigned_person: 'Tom Landers',
      opened_at: '2007-06-30T14:47:41Z',
      closed_at: '',
    });
    expect(Object.getPrototypeOf(values)).toBeNull();
  });

  it('have names that the configuration can be checked against', async () => {
    const values = await text(manual, URL_OF_HELPSPOT);
    expect(Object.keys(values).filter((name) => !isPushValue(name))).toEqual([]);
    expect(isPushValue('sTitel')).toBe(false);
    expect(isPushValue('Custom12')).toBe(true);
    expect(isPushValue('constructor')).toBe(false);
  });

  it('take the note that the request began with, or the oldest with a text', async () => {
    const notes = [
      note({ id: '1', log: 'opened' }),
      note({ id: '2', text: 'oldest', isPublic: false }),
      note({ id: '3', text: 'first', isInitial: true }),
      note({ id: '4', text: 'public' }),
      note({ id: '5', text: 'latest', isPublic: false }),
      note({ id: '6', text: ' \n' }),
    ];
    expect(await text(request({}, notes))).toMatchObject({
      note: 'first',
      latest_note: 'latest',
      latest_public_note: 'public',
    });
    const withoutInitial = notes.filter(({ isInitial }) => !isInitial);
    expect(await text(request({}, withoutInitial))).toMatchObject({ note: 'oldest' });
    expect(await text(request({}))).toMatchObject({ note: '', latest_note: '', latest_public_note: '', all_notes: '' });
  });

  it('say who wrote a note, as far as HelpSpot tells', async () => {
    const fields = {
      sFirstName: 'Bob',
      sLastName: '',
      xPersonAssignedTo: '1',
      assigned_person_fname: 'Tom',
      acting_person_xperson: '7',
      acting_person_fname: 'Tina',
    };
    const people = ['0', '', '1', '7', '9', '-1'];
    const notes = people.map((person) => note({ person, text: 'x', at: undefined }));
    const { all_notes } = await text(request(fields, notes));
    const who = ['Bob', 'Bob', 'Tom', 'Tina', 'Staff 9', 'HelpSpot'];
    expect(all_notes).toBe(who.map((name) => `${name}, public\n\nx`).join('\n\n'));
    expect((await text(request({}, [note({ text: 'x' })]))).all_notes).toContain('Customer, public');
  });

  it('leave out the oldest notes of a very long request', async () => {
    const notes = Array.from({ length: 30 }, (_, index) =>
      note({ id: `${index}`, text: `${index} ${'x'.repeat(10_000)}` }),
    );
    const { all_notes = '' } = await text(request({}, notes));
    expect(all_notes).toMatch(/^11 older notes are left out\n\n/);
    expect(all_notes).toContain('\n\n29 x');
    expect(all_notes).not.toContain('\n\n10 x');
    expect((await text(request({}, [note({ text: 'x'.repeat(300_000) })]))).all_notes?.length).toBeGreaterThan(300_000);
  });

  it('are written in the format of the target, whatever they hold', async () => {
    const fields = { sTitle: '<b>#1</b>', sFirstName: '*Bob*', xRequest: '5', staff_comment: 'a\n<i>' };
    const notes = [
      note({ text: '# <b>', files: [file('a]b.png')] }),
      note({ text: '<p>a <b>b</b></p>', isHtml: true }),
    ];
    const options = { helpSpotUrl: URL_OF_HELPSPOT, withFileLinks: true };
    const markdown = await pushValues(request(fields, notes), { ...options, format: 'markdown' });
    expect(markdown).toMatchObject({
      sTitle: '\\<b\\>\\#\u200b1\\</b\\>',
      staff_comment: 'a  \n\\<i\\>',
      fullname: '\\*Bob\\*',
      note: '\\# \\<b\\>',
      latest_note: 'a **b**',
      files: '- [a\\]b.png](<https://help.example.com/admin?file=a]b.png>)',
      request_link: '<https://help.example.com/admin?pg=request&reqid=5>',
    });
    const html = await pushValues(request(fields, notes), { ...options, format: 'html' });
    const link = 'https://help.example.com/admin?pg=request&amp;reqid=5';
    expect(html).toMatchObject({
      sTitle: '&lt;b&gt;#1&lt;/b&gt;',
      staff_comment: 'a<br>\n&lt;i&gt;',
      note: '# &lt;b&gt;',
      latest_note: '<p>a <b>b</b></p>',
      request_link: `<a href="${link}" target="_blank" rel="noopener noreferrer">${link}</a>`,
    });
    expect(html['files']).toMatch(/^<ul><li><a href="https:\/\/help.example.com\/admin\?file=a]b.png"/);
  });

  describe('of any request', () => {
    const nasty = fc
      .record({
        fields: fc.dictionary(
          fc.constantFrom('sTitle', 'fullname', 'staff_comment', 'Custom1', 'acting_person_fname', 'xPersonAssignedTo'),
          nastyText,
        ),
        texts: fc.array(fc.tuple(nastyText, nastyText, nastyText), { maxLength: 3 }),
      })
      .map(({ fields, texts }) => {
        const notes = texts.map(([words, person, name]) => ({
          tNote: words,
          xPerson: person,
          file: [{ sFilename: name }],
        }));
        const history = notes.map((one) => ({ ...one, fNoteIsHTML: 0 }));
        return readPushedRequest(JSON.stringify({ xRequest: 1, ...fields, request_history: history }));
      });

    it('are nothing but text, lists and safe links in HTML', async () => {
      const allowed = /^(?:br|p|b|ul|li|a|a\.href|a\.target|a\.rel)$/;
      const options = { format: 'html', helpSpotUrl: URL_OF_HELPSPOT, withFileLinks: true } as const;
      await fc.assert(
        fc.asyncProperty(nasty, async (one) => {
          const values = Object.values(await pushValues(one, options));
          expect(values.flatMap(markupIn).filter((name) => !allowed.test(name))).toEqual([]);
        }),
      );
    });

    it('cannot be HTML in Markdown', async () => {
      const options = { format: 'markdown', helpSpotUrl: URL_OF_HELPSPOT, withFileLinks: true } as const;
      await fc.assert(
        fc.asyncProperty(nasty, async (one) => {
          for (const value of Object.values(await pushValues(one, options))) {
            const rest = value.replace(/\\[!-/:-@[-`{-~]/g, ' ').replace(/<https?:[^\s<>\\`]*>/g, ' ');
            expect(rest).not.toMatch(/[<&`]/);
          }
        }),
      );
    });
  });

  it('are the values of HelpSpot and not those of JavaScript', async () => {
    const values = await text(readPushedRequest('{"__proto__":"a","xRequest":1}'));
    expect(Object.entries(values)[0]).toEqual(['__proto__', 'a']);
    expect(values['constructor']).toBeUndefined();
  });
});

describe('the sample', () => {
  it('is a request that can be pushed', async () => {
    const sample = await readFile(resolve(import.meta.dirname, '../../samples/push/request.json'));
    const values = await text(readPushedRequest(sample), URL_OF_HELPSPOT);
    expect(values).toMatchObject({
      sTitle: 'Printer on fire',
      note: 'The printer on floor 3 is on fire.\n\nPlease help, see the photo <https://example.com/photo>.',
      latest_note: 'Called him back: it is *really* on fire.',
      files: '- icon.jpg: https://help.example.com/admin?pg=file&from=3&id=59',
    });
    expect(Object.keys(MANUAL_REQUEST).filter((name) => !(name in values))).toEqual(['request_history']);
  });
});

describe('files', () => {
  it('are listed once, with the address for staff where there is one', async () => {
    const [a, b] = [file('a.png', { documentId: '1' }), file('b.png', { documentId: '2' })];
    const { privateUrl: _private, ...nowhere } = file('c.png');
    const open = { ...nowhere, name: 'd.png', publicUrl: 'https://help.example.com/d' };
    const pushed = request({}, [note({ files: [a, b] }), note({ files: [a, nowhere, open] })]);
    expect(filesOf(pushed).map(({ name }) => name)).toEqual(['a.png', 'b.png', 'c.png', 'd.png']);
    expect((await text(pushed)).files?.split('\n')).toEqual([
      '- a.png: https://help.example.com/admin?file=a.png',
      '- b.png: https://help.example.com/admin?file=b.png',
      '- c.png',
      '- d.png: https://help.example.com/d',
    ]);
    expect((await pushValues(pushed, { format: 'text', withFileLinks: false })).files).toBe('');
  });

  it('are not listed without end', async () => {
    const files = Array.from({ length: 250 }, (_, index) => file(`${index}.png`));
    const { files: list = '' } = await text(request({}, [note({ files })]));
    expect(list.split('\n')).toHaveLength(201);
    expect(list).toMatch(/\n- and 50 more$/);
  });
});

describe('the link back', () => {
  it.each([
    ['https://help.example.com', 'https://help.example.com/admin?pg=request&reqid=5'],
    ['https://example.com/helpspot/', 'https://example.com/helpspot/admin?pg=request&reqid=5'],
    ['https://example.com/helpspot/admin', 'https://example.com/helpspot/admin?pg=request&reqid=5'],
    ['https://example.com/helpspot/admin.php', 'https://example.com/helpspot/admin.php?pg=request&reqid=5'],
    ['https://example.com/helpspot/index.php?pg=kb', 'https://example.com/helpspot/admin?pg=request&reqid=5'],
  ])('from %s is %s', (address, href) => {
    expect(requestLink(request({ xRequest: '5' }), address)).toEqual({ href, text: 'HelpSpot request 5' });
  });

  it('is not there without an address, or without the number of a request', () => {
    expect(requestLink(request({ xRequest: '5' }), undefined)).toBeUndefined();
    expect(requestLink(request({ xRequest: '5&x=y' }), URL_OF_HELPSPOT)).toBeUndefined();
    expect(requestLink(request({}), URL_OF_HELPSPOT)).toBeUndefined();
    expect(requestLink(request({ xRequest: '5' }), 'javascript:alert(1)')).toBeUndefined();
  });
});
