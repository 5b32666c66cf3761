import { describe, expect, it } from 'vitest';
import { parseForm } from '../../src/helpspot/parameters.ts';
import { UnreadableRequest } from '../../src/helpspot/pushed-request.ts';
import { readWebhook } from '../../src/helpspot/webhook-form.ts';
import { MANUAL_REQUEST } from './pushed-examples.ts';

const read = (form: Record<string, string>) =>
  readWebhook(parseForm(Buffer.from(new URLSearchParams(form).toString())));

describe('a webhook', () => {
  it('is the fields of a request and the note that set it off', () => {
    const { request_history: _history, ...fields } = MANUAL_REQUEST;
    const texts = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
    const form = {
      ...texts,
      tNote: '<p>Help</p>',
      fNoteIsHTML: '1',
      fPublic: '1',
      dtGMTChange: '1184021870',
      xPerson: '0',
    };
    const request = read(form);
    expect({ ...request.fields }).toEqual(form);
    expect(request.notes).toEqual([
      {
        id: '',
        person: '0',
        at: new Date('2007-07-09T22:57:50Z'),
        isPublic: true,
        isInitial: false,
        isHtml: true,
        text: '<p>Help</p>',
        log: '',
        files: [],
      },
    ]);
  });

  it('may come with the history, nested as PHP does it', () => {
    const request = read({
      xRequest: '1',
      tNote: 'the note that set it off',
      'request_history[12][tNote]': 'second',
      'request_history[9][tNote]': 'first',
      'request_history[9][fInitial]': '1',
      'request_history[9][file][0][sFilename]': 'a.png',
      'request_history[9][file][1][sFilename]': 'b.png',
      'request_history[9][__proto__]': 'x',
    });
    expect(request.notes).toMatchObject([
      { id: '9', text: 'first', isInitial: true, files: [{ name: 'a.png' }, { name: 'b.png' }] },
      { id: '12', text: 'second', isInitial: false, files: [] },
    ]);
    expect(Object.keys(request.fields)).toEqual(['xRequest', 'tNote']);
  });

  it('has names that are no history among its fields', () => {
    const fields = {
      ...{ 'request_history[x][tNote]': 'a', 'request_history[1][tNote': 'b', 'request_history[1][file][0]': 'c' },
      ...{
        'xrequest_history[2][tNote]': 'd',
        'request_history[1][tNote]x': 'e',
        'request_history[1][a][0][b][c]': 'f',
      },
    };
    const request = read({
      ...fields,
      'request_history[1][other][0][x]': 'left out',
      'request_history[1][file][0][sFilename]': 'a.png',
      'request_history[1][file][0][sFileMimeType]': 'image/png',
      request_history: 'left out',
    });
    expect({ ...request.fields }).toEqual(fields);
    expect(request.notes).toMatchObject([{ id: '1', text: '', files: [{ name: 'a.png', type: 'image/png' }] }]);
    expect(read({ 'request_history[3][fPublic]': '1' }).notes).toMatchObject([{ id: '3', isPublic: true, files: [] }]);
    expect(() => read({ request_history: 'x' })).toThrow('The webhook holds no field');
  });

  it('without a note is a request without notes', () => {
    expect(read({ xRequest: '1', sTitle: 'a' }).notes).toEqual([]);
  });

  it('keeps names that JavaScript has uses for as names', () => {
    const { fields } = read({ ['__proto__']: 'a', xRequest: '1' });
    expect(Object.keys(fields)).toEqual(['__proto__', 'xRequest']);
  });

  it('is refused when it is empty', () => {
    expect(() => read({})).toThrow(UnreadableRequest);
  });
});
