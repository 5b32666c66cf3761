import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPushedRequest } from '../../src/helpspot/pushed-json.ts';
import { UnreadableRequest } from '../../src/helpspot/pushed-request.ts';
import { nastyText } from './nasty.ts';
import { MANUAL_REQUEST } from './pushed-examples.ts';

const read = (value: unknown) => readPushedRequest(JSON.stringify(value));
const readLatin1 = (json: string) => readPushedRequest(Buffer.from(json, 'latin1'));

function refusalOf(json: string | Uint8Array): string {
  try {
    readPushedRequest(json);
  } catch (error) {
    if (error instanceof UnreadableRequest) return error.message;
    throw error;
  }
  return 'it was read';
}

describe('the request array', () => {
  it('is read with every key of the manual', () => {
    const { fields, notes } = read(MANUAL_REQUEST);
    const { request_history: _history, ...scalars } = MANUAL_REQUEST;
    expect({ ...fields }).toEqual(Object.fromEntries(Object.entries(scalars).map(([key, value]) => [key, `${value}`])));
    expect(notes).toEqual([
      {
        id: '236',
        person: '1',
        at: new Date('2007-07-09T22:57:50Z'),
        isPublic: false,
        isInitial: false,
        isHtml: false,
        text: 'Request history note',
        log: '',
        files: [
          {
            name: 'icon.jpg',
            type: 'image/jpeg',
            documentId: '59',
            publicUrl: 'http://www.site.com/index.php?pg=file&id=59',
            privateUrl: 'http://www.site.com/admin.php?pg=file&id=59',
          },
        ],
      },
    ]);
  });

  it('may have texts for numbers, booleans for flags, null, and lists', () => {
    const { fields, notes } = read({
      xRequest: '12',
      fOpen: true,
      fTrash: false,
      sPhone: null,
      Custom3: ['red', '', 'blue'],
      Custom4: { 7: 'one' },
      Custom5: [],
      Custom6: [['too', 'deep'], 'plain'],
      Custom7: 1.5,
      request_history: [
        { xRequestHistory: '5', fPublic: '1', fInitial: true, fNoteIsHTML: '0', tNote: '<p>', file: {} },
      ],
    });
    expect({ ...fields }).toEqual({
      xRequest: '12',
      fOpen: '1',
      fTrash: '0',
      sPhone: '',
      Custom3: 'red, blue',
      Custom4: 'one',
      Custom5: '',
      Custom6: 'plain',
      Custom7: '1.5',
    });
    expect(notes).toMatchObject([{ id: '5', isPublic: true, isInitial: true, isHtml: false, text: '<p>', files: [] }]);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty list', []],
    ['an empty object', {}],
    ['a text', ''],
    ['a list of what are no entries', [null, 'x', 7, [1]]],
  ])('may have %s for its history', (_name, history) => {
    expect(read({ xRequest: 1, request_history: history }).notes).toEqual([]);
  });

  it('has its history in the order of the ids, however it is keyed and however long the ids are', () => {
    const entry = (id: unknown) => ({ xRequestHistory: id, tNote: 'x' });
    const ids = (history: unknown) => read({ xRequest: 1, request_history: history }).notes.map(({ id }) => id);
    expect(
      ids({ a: entry(10), b: entry('9'), c: entry('12345678901234567890'), d: entry('12345678901234567889') }),
    ).toEqual(['9', '10', '12345678901234567889', '12345678901234567890']);
    expect(ids([entry(3), entry(1), entry(2)])).toEqual(['1', '2', '3']);
    expect(ids({ 8: { tNote: 'x' }, 7: { tNote: 'y' } })).toEqual(['7', '8']);
    expect(ids([{ tNote: 'first' }, { tNote: 'second' }])).toEqual(['', '']);
  });

  it('has a note among its fields when there is no history', () => {
    expect(read({ xRequest: 1, tNote: '<p>Hello</p>', fPublic: 1, request_history: [] }).notes).toMatchObject([
      { text: '<p>Hello</p>', isPublic: true, isHtml: true },
    ]);
    expect(read({ xRequest: 1, tNote: ' ' }).notes).toEqual([]);
  });

  it('is taken for HTML only where HelpSpot says so, or does not say at all', () => {
    const isHtml = (entry: object) => read({ xRequest: 1, request_history: [entry] }).notes[0]?.isHtml;
    expect(isHtml({ tNote: '<div>a</div>', fNoteIsHTML: 0 })).toBe(false);
    expect(isHtml({ tNote: 'a', fNoteIsHTML: 1 })).toBe(true);
    expect(isHtml({ tNote: 'a<br>b' })).toBe(true);
    expect(isHtml({ tNote: 'if a<b then c>d' })).toBe(false);
    expect(isHtml({ tNote: '<div>a</div>', fNoteIsHTML: null })).toBe(true);
  });

  it('keeps names that JavaScript has uses for as names', () => {
    const { fields, notes } = readPushedRequest(
      '{"__proto__":"a","constructor":"b","toString":"c","request_history":{"__proto__":{"tNote":"x"}}}',
    );
    expect(Object.entries(fields)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['toString', 'c'],
    ]);
    expect(Object.getPrototypeOf(fields)).toBeNull();
    expect(notes).toMatchObject([{ id: '__proto__', text: 'x' }]);
  });
});

describe('files', () => {
  const files = (file: unknown) => read({ xRequest: 1, request_history: [{ tNote: 'x', file }] }).notes[0]?.files;

  it('may be a keyed list, or one file alone', () => {
    expect(files({ 3: { sFilename: 'a.txt' }, 4: { sFilename: 'b.txt' } })).toMatchObject([
      { name: 'a.txt' },
      { name: 'b.txt' },
    ]);
    expect(files({ sFilename: 'a.txt', xDocumentId: '5' })).toMatchObject([{ name: 'a.txt', documentId: '5' }]);
    expect(files(['a.txt'])).toEqual([]);
  });

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\temp\\a b.txt', 'a b.txt'],
    ['..', 'attachment'],
    ['', 'attachment'],
    ['a\r\nContent-Type: x.txt', 'a Content-Type: x.txt'],
    ['ü\u0000.png', 'ü.png'],
  ])('called %j are %j', (sent, name) => {
    expect(files([{ sFilename: sent }])).toMatchObject([{ name }]);
  });

  it('have only addresses of the web, and types that are types', () => {
    const sent = {
      sFilename: 'a',
      sFileMimeType: 'text/html\r\nX: y',
      public_url: 'javascript:alert(1)',
      private_url: '/a',
    };
    expect(files([sent])).toEqual([{ name: 'a', type: '', documentId: '' }]);
    expect(files([{ sFilename: 'a', sFileMimeType: 'Text/HTML; charset=x' }])).toMatchObject([{ type: 'text/html' }]);
  });

  it('may bring their content', () => {
    const [withBytes] = files([{ sFilename: 'a', sBody: 'aGVs\nbG8=' }]) ?? [];
    expect(Buffer.from(withBytes?.bytes ?? []).toString()).toBe('hello');
    expect(files([{ sFilename: 'a', sBody: '<no base64>' }])).toEqual([{ name: 'a', type: '', documentId: '' }]);
  });
});

describe('encodings', () => {
  it('other than UTF-8 are read as Windows-1252', () => {
    expect(readLatin1('{"sTitle":"M\xfcller \x80 5"}').fields['sTitle']).toBe('Müller € 5');
    expect(readPushedRequest(Buffer.from('{"sTitle":"Müller €"}')).fields['sTitle']).toBe('Müller €');
  });

  it('may begin with a byte order mark', () => {
    expect(readPushedRequest(Buffer.from('\ufeff{"sTitle":"a"}')).fields['sTitle']).toBe('a');
  });

  it('never let through what other systems cannot take', () => {
    expect(read({ sTitle: 'a\u0000b\ud800c\r\nd\u{1f600}' }).fields['sTitle']).toBe('abc\nd\u{1f600}');
  });
});

describe('what is no request', () => {
  it.each([
    ['', 'Nothing arrived'],
    [' \n', 'Nothing arrived'],
    ['[]', 'holds no field'],
    ['{}', 'holds no field'],
    ['[{"xRequest":1}]', 'is a list'],
    ['"xRequest"', 'is a single value'],
    ['null', 'is a single value'],
    ['xRequest=1', 'is no JSON'],
    ['{"xRequest":1', 'is no JSON'],
  ])('as %j is refused with what was expected', (json, words) => {
    const refusal = refusalOf(json);
    expect(refusal).toContain(words);
    expect(refusal).toContain('xRequest, sTitle, request_history');
  });

  it('is refused without a word of what stands in it', () => {
    expect(refusalOf('{"sTitle":"top secret" oops}')).toBe(
      'What arrived is no JSON (from character 24 on); ' +
        'expected is the request array of HelpSpot as a JSON object: xRequest, sTitle, request_history …',
    );
  });

  it('is refused when it is nested deeper than any request, before it takes any memory', () => {
    expect(refusalOf('['.repeat(8_000_000))).toContain('nested more than 20 deep');
    expect(refusalOf(`{"a":${'{"a":'.repeat(30)}1${'}'.repeat(31)}`)).toContain('nested more than 20 deep');
    const brackets = `${'['.repeat(100)}\\"${'{'.repeat(100)}\\\\`;
    expect(readPushedRequest(`{"a":"${brackets}","b":"}"}`).fields['b']).toBe('}');
  });

  it('is refused when it has more of anything than any request', () => {
    const many = Object.fromEntries(Array.from({ length: 5001 }, (_, index) => [`Custom${index}`, 1]));
    expect(refusalOf(JSON.stringify(many))).toContain('5001 fields');
    const history = Array.from({ length: 10_001 }, () => ({}));
    expect(refusalOf(JSON.stringify({ xRequest: 1, request_history: history }))).toContain('10001 entries');
    const files = [{ file: Array.from({ length: 1_001 }, () => ({})) }];
    expect(refusalOf(JSON.stringify({ xRequest: 1, request_history: files }))).toContain('1001 attachments');
    const values = readPushedRequest(`{"Custom1":[${'1,'.repeat(9_000)}1]}`);
    expect(values.fields['Custom1']?.split(', ')).toHaveLength(1_000);
  });

  it.each([
    ['a long list', `{"a":[${'1,'.repeat(30_000)}1]}`, 'more than 20000 entries'],
    ['a long object', `{"a":{${'"b":1,'.repeat(30_000)}"c":1}}`, 'more than 20000 entries'],
    ['many empty objects', `{"a":[${`[${'{},'.repeat(9_000)}1],`.repeat(12)}1]}`, 'more than 100000 values'],
    ['many empty texts', `{"a":[${`[${'"",'.repeat(9_000)}1],`.repeat(12)}1]}`, 'more than 100000 values'],
    ['many lists in one another', `{"a":[${`[${'[[]],'.repeat(9_000)}1],`.repeat(12)}1]}`, 'more than 100000 values'],
  ])('is refused before it is parsed when it holds %s', (_what, json, words) => {
    // What follows is no JSON: a parser would have said that.
    expect(refusalOf(`${json}oops`)).toContain(words);
  });

  it('counts what stands outside of texts only', () => {
    const commas = `${'[{,'.repeat(60_000)}\\"${',]'.repeat(60_000)}\\\\`;
    const text = JSON.stringify({ a: commas, b: 'after' });
    expect(readPushedRequest(text).fields).toMatchObject({ a: commas, b: 'after' });
  });

  it('takes time by its length, whatever stands in an attachment', () => {
    // Every split of the spaces between two repetitions was tried: minutes for this.
    const file = { sFilename: `${'/'.repeat(1_000_000)}a.txt`, sBody: `${' '.repeat(1_000_000)}!` };
    const request = readPushedRequest(JSON.stringify({ request_history: [{ tNote: 'x', file: [file] }] }));
    expect(request.notes[0]?.files).toEqual([{ name: 'a.txt', type: '', documentId: '' }]);
  });

  it.each([
    ['aGk=', 'hi'],
    ['aG\nk=\n', 'hi'],
    ['YQ==', 'a'],
    ['aGkh', 'hi!'],
    ['', undefined],
    ['=', undefined],
    ['aGk===', undefined],
    ['a=Gk', undefined],
    ['aGk!', undefined],
  ])('reads the content %j', (sBody, content) => {
    const request = readPushedRequest(JSON.stringify({ request_history: [{ tNote: 'x', file: [{ sBody }] }] }));
    const bytes = request.notes[0]?.files[0]?.bytes;
    expect(bytes === undefined ? undefined : Buffer.from(bytes).toString()).toBe(content);
  });

  it('is read or refused, and nothing else', () => {
    const json = fc.oneof(
      fc.json(),
      nastyText,
      fc.jsonValue().map((value) => JSON.stringify({ request_history: value })),
    );
    fc.assert(
      fc.property(json, (text) => {
        expect(refusalOf(text)).toEqual(expect.any(String));
        expect(refusalOf(Buffer.from(text, 'latin1'))).toEqual(expect.any(String));
      }),
    );
  });
});
