/** Answers are read in the encoding that they are in, whatever they say; no letter is lost on the way. */
import { deflateRawSync, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Reply } from '../../support/http/stand-in.ts';
import { noDeadline, openClient, serve } from './open-client.ts';

async function answerTo(reply: Reply, path = '/') {
  const server = await serve(() => reply);
  return await openClient(server.url).request({ path }, noDeadline());
}

function typed(contentType: string, body: Buffer): Reply {
  return { headers: { 'content-type': contentType }, body };
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const utf16be = (text: string) => utf16(text).swap16();
/** `€ “Müller” Š…` */
const WINDOWS = latin1('\x80 \x93M\xfcller\x94 \x8a\x85');
const WINDOWS_TEXT = '€ “Müller” Š…';

describe('the text of an answer', () => {
  it.each<[string, string, Buffer, string]>([
    ['Windows-1252 that says so', 'text/plain; charset=windows-1252', WINDOWS, WINDOWS_TEXT],
    ['Windows-1252 that says ISO-8859-1', 'text/plain; charset=ISO-8859-1', WINDOWS, WINDOWS_TEXT],
    ['Windows-1252 that says ASCII', "text/plain; charset='us-ascii'", WINDOWS, WINDOWS_TEXT],
    ['Windows-1252 that says nothing', 'text/plain', WINDOWS, WINDOWS_TEXT],
    ['Windows-1252 that says UTF-8', 'text/plain; charset=utf-8', WINDOWS, WINDOWS_TEXT],
    ['Windows-1252 that says what nobody knows', 'text/plain; charset=x-none', WINDOWS, WINDOWS_TEXT],
    [
      'with bytes that are nothing in Windows-1252',
      'text/plain; charset=latin1',
      latin1('M\xfc\x81ller\x9d'),
      'Mü\u0081ller\u009d',
    ],
    ['UTF-8 that says ISO-8859-1', 'text/plain; charset=iso-8859-1', Buffer.from('Müller €'), 'Müller €'],
    ['UTF-8 with a byte order mark', 'text/plain; charset=windows-1252', Buffer.from('\ufeffMüller'), 'Müller'],
    ['ISO-8859-15', 'text/plain; charset=iso-8859-15', latin1('\xa4 M\xfcller'), '€ Müller'],
    ['Windows-1250', 'text/plain; charset=windows-1250', latin1('\x8akoda \xb3'), 'Škoda ł'],
    ['Shift_JIS', 'text/plain; charset=shift_jis', Buffer.from([0x8e, 0x52, 0x93, 0x63]), '山田'],
    ['code page 850, which no browser knows', 'text/plain; charset=cp850', latin1('M\x81ller'), 'Müller'],
    ['UTF-16, little end first', 'text/plain; charset=utf-16', utf16('Müller €'), 'Müller €'],
    ['UTF-16, big end first, that only says UTF-16', 'text/plain; charset=utf-16', utf16be('Müller €'), 'Müller €'],
    ['UTF-16 that says nothing', 'text/plain', utf16('\ufeffMüller'), 'Müller'],
  ])('is right in %s', async (_what, type, body, text) => {
    const answer = await answerTo(typed(type, body));
    expect(answer.text).toBe(text);
  });

  it.each([
    ['shift_jis', Buffer.from([0x8e, 0xff, 0xfc])],
    ['utf-16', Buffer.concat([utf16('ab'), Buffer.from([0x00, 0xd8])])],
    ['euc-kr', latin1('M\xfc')],
  ])('is refused where bytes are not in the %s that is named', async (charset, body) => {
    const answer = await answerTo(typed(`text/plain; charset=${charset}`, body));
    const problem = { kind: 'bad-response', message: expect.stringContaining(`encoding that it names (${charset})`) };
    expect(() => answer.text).toThrow(expect.objectContaining(problem));
    expect(() => answer.json()).toThrow(expect.objectContaining(problem));
  });

  it('of a refusal that cannot be read is no reason to say less', async () => {
    const refusal = { ...typed('text/plain; charset=shift_jis', Buffer.from([0x8e, 0xff, 0xfc])), status: 403 };
    await expect(answerTo(refusal)).rejects.toMatchObject({ kind: 'unauthorized' });
  });
});

describe('XML', () => {
  const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>\n<a>Müller</a>`;
  it.each<[string, string, Buffer]>([
    ['in ISO-8859-1', 'text/xml', latin1(declared('ISO-8859-1'))],
    ['in Latin-1 that the header calls UTF-8', 'text/xml; charset=utf-8', latin1(declared('iso-8859-1'))],
    ['in Latin-1 that calls itself UTF-8', 'text/xml', latin1(declared('UTF-8'))],
    ['in UTF-16 with a byte order mark', 'application/xml', utf16(`\ufeff${declared('UTF-16')}`)],
    ['in UTF-16 without one', 'application/xml', utf16(declared('UTF-16'))],
    ['in UTF-16, big end first, without one', 'application/xml', utf16be(declared('utf-16'))],
    ['in UTF-8 that calls itself UTF-16', 'text/xml; charset=utf-8', Buffer.from(declared('utf-16'))],
    ['behind a blank line', 'text/xml', Buffer.from(`\r\n\n${declared('utf-8')}`)],
    ['behind a blank line, in Latin-1', 'text/xml', latin1(`\n ${declared('iso-8859-1')}`)],
    ['behind two byte order marks', 'text/xml', Buffer.from(`\ufeff\ufeff${declared('utf-8')}`)],
    ['behind a blank line, a byte order mark', 'text/xml', Buffer.from(`\ufeff\n${declared('utf-8')}`)],
  ])('is read %s', async (_what, type, body) => {
    expect((await answerTo(typed(type, body))).xml().text).toBe('Müller');
  });

  it('in another encoding than it says, of other letters, is no XML', async () => {
    const answer = await answerTo(typed('text/xml; charset=shift_jis', Buffer.from('<a>\x8e\xff</a>', 'latin1')));
    expect(() => answer.xml()).toThrow(/not in the encoding/);
  });
});

describe('JSON', () => {
  it.each<[string, Buffer]>([
    ['in UTF-8', Buffer.from('{"a":"Müller"}')],
    ['in Latin-1', latin1('{"a":"M\xfcller"}')],
    ['behind a byte order mark', Buffer.from('\ufeff{"a":"Müller"}')],
    ['behind two, as PHP files leave them', Buffer.from('\ufeff\ufeff\n{"a":"Müller"}')],
    ['in UTF-16', utf16('{"a":"Müller"}')],
  ])('is read %s', async (_what, body) => {
    expect((await answerTo(typed('application/json', body))).json()).toEqual({ a: 'Müller' });
  });
});

describe('deflate', () => {
  const text = 'Müller '.repeat(1_000);
  it.each([
    ['with its zlib header', deflateSync(text)],
    ['of another level', deflateSync(text, { level: 1 })],
    ['of a small window', deflateSync(text, { windowBits: 9 })],
    ['raw, as some servers send it', deflateRawSync(text)],
    ['raw and stored', deflateRawSync(text, { level: 0 })],
  ])('is unpacked %s', async (_what, body) => {
    expect((await answerTo({ headers: { 'content-encoding': 'deflate' }, body })).text).toBe(text);
  });

  it('that is none is told', async () => {
    const reply = { headers: { 'content-encoding': 'deflate' }, body: 'no deflate at all' };
    await expect(answerTo(reply)).rejects.toMatchObject({ message: expect.stringContaining('cannot be decompressed') });
  });
});
