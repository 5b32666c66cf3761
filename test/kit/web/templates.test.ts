import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/contract/index.ts';
import { fillText, readPlace } from '../../../src/kit/web/places.ts';
import { UrlTemplate } from '../../../src/kit/web/url-template.ts';
import { XmlTemplate } from '../../../src/kit/web/xml-template.ts';

const values = (all: Readonly<Record<string, string>>) => (name: string) =>
  Object.hasOwn(all, name) ? all[name] : undefined;
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';

describe('places', () => {
  it('have filters', () => {
    expect(readPlace(' a b | number|max 5 | raw ')).toEqual({
      name: 'a b',
      type: 'number',
      isRaw: true,
      quoting: undefined,
      most: 5,
    });
    for (const wrong of ['', '| raw', 'a | max', 'a | max 0', 'a | max -1', 'a | upper']) {
      expect(() => readPlace(wrong)).toThrow(UserError);
    }
  });

  it('that are all empty leave the whole text out', () => {
    expect(fillText('{{a}} and {{b}}', values({ b: '{{c}}', c: 'x' }))).toBe(' and {{c}}');
    expect(fillText('{{a}} and {{b}}', values({ a: '' }))).toBeUndefined();
    expect(fillText('no place {{', values({}))).toBe('no place {{');
    expect(fillText('', values({}))).toBe('');
  });

  it('cut without halving a character', () => {
    expect(fillText('{{a | max 3}}', values({ a: '🔥🔥🔥' }))).toBe('🔥🔥🔥');
    expect(fillText('{{a | max 3}}', values({ a: '🔥🔥🔥🔥' }))).toBe('🔥🔥…');
  });
});

describe('addresses', () => {
  it('keep what the administrator wrote', () => {
    const template = new UrlTemplate('https://API.example.com:443/a b/%20/c;v=1/{{x}}.json?y=1+2&z={{z}}&y={{x}}');
    expect(template.fill(values({ x: 'a/b?é' }))).toEqual({
      origin: 'https://api.example.com',
      path: '/a%20b/%20/c;v=1/a%2Fb%3F%C3%A9.json',
      query: { y: ['1 2', 'a/b?é'] },
    });
    expect(template.fill(values({ z: '1' }))).toBeUndefined();
    expect(new UrlTemplate('/x/{{y}}', 'https://a.example.com').fill(values({ y: '..a' }))?.path).toBe('/x/..a');
    expect(new UrlTemplate('https://a.example.com').fill(values({}))?.path).toBe('/');
  });

  it.each([
    '',
    'example.com/x',
    'ftp://a/',
    'https://',
    'https://{{h}}/',
    'https://a.example.com#x',
    '//a',
    'https:\\\\a',
    'https://u:p@a/',
  ])('are not %s', (text) => {
    expect(() => new UrlTemplate(text)).toThrow(UserError);
  });
});

describe('XML', () => {
  it('leaves out what is empty, and keeps the rest as it was written', async () => {
    const template = new XmlTemplate(`<?xml version="1.0"?><!-- a comment -->
      <s:Envelope xmlns:s="urn:s" s:v="{{v}}"><s:Body><x a="1">{{a}}</x><y a="{{a}}" b="{{b}}"/><z><![CDATA[<{{b}}>]]></z><e/></s:Body></s:Envelope>`);
    expect(template.places).toEqual(['v', 'a', 'a', 'b', 'b']);
    expect(await template.fill(values({ b: '<&' }))).toBe(
      `${HEAD}<s:Envelope xmlns:s="urn:s"><s:Body><y b="&lt;&amp;"></y><z>&lt;&lt;&amp;&gt;</z><e></e></s:Body></s:Envelope>`,
    );
    const only = new XmlTemplate('<r v="1" w="{{w}}"><a>{{a}}</a><b c="{{c}}"><d>{{d}}</d></b></r>');
    expect(await only.fill(values({}))).toBe(`${HEAD}<r v="1"></r>`);
    expect(await only.fill(values({ c: '1' }))).toBe(`${HEAD}<r v="1"><b c="1"></b></r>`);
  });

  it.each([
    '',
    '<a>',
    '<a>{{b}}</{{b}}>',
    '<{{b}}/>',
    '<a {{b}}="1"/>',
    '<!DOCTYPE a><a/>',
    '<a>x<b/></a>',
    '<é/>',
    '<a>&nbsp;</a>',
    '<a>{{b | up}}</a>',
  ])('is not %s', (text) => {
    expect(() => new XmlTemplate(text)).toThrow(UserError);
  });
});
