import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AjaxAnswer, note } from '../../src/helpspot/ajax-answer.ts';
import { optionDescription, optionValue, shownOption } from '../../src/helpspot/ajax-option.ts';
import { writeAjax, writeAjaxError } from '../../src/helpspot/ajax-xml.ts';
import { latin1Text } from '../../src/helpspot/latin1.ts';
import { readOptions } from '../support/ajax-xml.ts';
import { reasonOf } from '../support/packages.ts';
import { requirePhp } from '../support/php.ts';
import { ajaxClient } from '../support/php-ajax.ts';
import { runs } from '../support/runs.ts';
import { asXmlReads, nastyText, seenAlone } from './nasty.ts';

/** The example of the manual, chapter 3.2, as it is printed. */
const MANUAL =
  '<ajaxfield> <option> <value>#4878</value> <description>Support</description> </option>\n' +
  '<option> <value>#9978</value> <description>Emergency Support</description> </option> <option> ' +
  '<value>#9775</value> <description>Custom Development</description> </option>\n' +
  '<option> <value>#2111</value> <description>Training</description> </option> </ajaxfield>';

const FOUR: AjaxAnswer = {
  options: [
    { value: '#4878', description: 'Support' },
    { value: '#9978', description: 'Emergency Support' },
    { value: '#9775', description: 'Custom Development' },
    { value: '#2111', description: 'Training' },
  ],
};

const available = await requirePhp();
const php = ajaxClient(available.ok ? available.path : '');

/** One line without space around it. */
const asOneLine = (text: string) =>
  asXmlReads(text)
    .replace(/[\t\n]+/g, ' ')
    .trim();

describe('the writer', () => {
  it("writes the manual's example in meaning", async () => {
    expect(readOptions(await writeAjax(FOUR))).toEqual(readOptions(MANUAL));
    expect(readOptions(MANUAL)).toEqual(FOUR.options);
  });

  it('writes these bytes', async () => {
    const answer = { options: [{ value: 'a & b', description: '<b>"é"</b> ]]>' }, note('')] };
    expect(await writeAjax(answer)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><ajaxfield><option><value>a &amp; b</value>' +
        '<description>&lt;b&gt;"é"&lt;/b&gt; ]]&gt;</description></option></ajaxfield>',
    );
  });

  it('says something whatever went wrong', () => {
    expect(readOptions(writeAjaxError('Down & out'))).toEqual([{ value: '', description: 'Down & out' }]);
    expect(readOptions(writeAjaxError('\u0000'))).toEqual([{ value: '', description: 'This list cannot be shown' }]);
  });

  it('shows the value where the description is missing', () => {
    expect(shownOption({ value: ' 5\n', description: '\n ' })).toEqual({ value: '5', description: '5' });
  });

  it('keeps any text as it is, in lines that XML can carry', async () => {
    const option = fc.record({ value: nastyText, description: nastyText });
    await fc.assert(
      fc.asyncProperty(fc.array(option, { maxLength: 5 }), async (options) => {
        const read = readOptions(await writeAjax({ options }));
        const expected = options.map(shownOption).filter(({ description }) => description !== '');
        expect(read).toEqual(expected);
      }),
      runs(100),
    );
  });
});

describe('the texts of an option', () => {
  it('lose nothing of a description but what XML forbids', () => {
    fc.assert(
      fc.property(nastyText, (text) => {
        expect(optionDescription(text)).toBe(asOneLine(text));
      }),
    );
  });

  it('lose nothing of a value that is no markup', () => {
    for (const text of ['a < b', 'I <3 you', 'Smith & Co', `"O'Brien"`, '&lt;b&gt;', '#4878', 'Boston#-#8th']) {
      expect(optionValue(text)).toBe(text);
    }
    expect(optionValue('<b>5</b><img src=x onerror=alert(1)>')).toBe('5');
    fc.assert(
      fc.property(nastyText, (text) => {
        const value = optionValue(text);
        expect(seenAlone(value).elements).toEqual([]);
        expect(value).not.toMatch(/[\t\n\r]/);
        if (!text.includes('<')) expect(value).toBe(asOneLine(text));
      }),
    );
  });
});

describe('Latin-1', () => {
  it.each([
    ['Škoda € – „Łódź“', 'Skoda EUR - "Lódz"'],
    ['é ü ß ñ © ½ \u00a0 ÿ', 'é ü ß ñ © ½ \u00a0 ÿ'],
    ['e\u0301u\u0308', 'éü'],
    ['Nguyễn', 'Nguyen'],
    ['Hỗ trợ', 'Ho tro'],
    ['Иванова', 'Ivanova'],
    ['a\u200db\ufeff', 'ab'],
    ['a\u0301\u0301', 'á'],
    ['\u0301a', 'a'],
    ['Ł\u0301\u200bx', 'Lx'],
    ['\ue000', '?'],
  ])('spells %s as %s', (text, spelled) => {
    expect(latin1Text(text)).toBe(spelled);
  });

  it('leaves each value once: the field could not tell two of one spelling apart', async () => {
    const options = ['Škoda', 'Skoda', 'Łódź', 'Lódz'].map((value, index) => ({ value, description: `${index} €` }));
    const headings = [note('— A —'), note('— A —')];
    const read = readOptions(await writeAjax({ options: [...headings, ...options] }, 'latin1'));
    expect(read).toEqual([
      { value: '', description: '- A -' },
      { value: '', description: '- A -' },
      { value: 'Skoda', description: '0 EUR' },
      { value: 'Lódz', description: '2 EUR' },
    ]);
    expect(readOptions(await writeAjax({ options }))).toHaveLength(4);
  });

  it('is asked of texts that go beyond it only', async () => {
    const same = ['a', 'a'].map((value) => ({ value, description: '\xff' }));
    expect(readOptions(await writeAjax({ options: same }, 'latin1'))).toHaveLength(2);
    expect(
      readOptions(await writeAjax({ options: [...same, { value: '\u0100', description: 'x' }] }, 'latin1')),
    ).toEqual([same[0], { value: 'A', description: 'x' }]);
    expect(readOptions(await writeAjax({ options: [{ value: 'x', description: '\u0100' }] }, 'latin1'))).toEqual([
      { value: 'x', description: 'A' },
    ]);
  });

  it('holds for any text', () => {
    fc.assert(
      fc.property(nastyText, (text) => {
        const spelled = latin1Text(text);
        expect(spelled).toMatch(/^[\0-\xff]*$/);
        if (/^[\0-\xff]*$/.test(text)) expect(spelled).toBe(text.normalize('NFC'));
      }),
    );
  });

  it('cannot make markup of what was none', async () => {
    const xml = await writeAjax({ options: [{ value: '‹b›5 ＜i＞6', description: '‹b›' }] }, 'latin1');
    const [option] = readOptions(xml);
    expect(seenAlone(option?.value ?? '').elements).toEqual([]);
  });
});

describe.skipIf(!available.ok)(`HelpSpot in PHP${reasonOf(available)}`, () => {
  it("reads the manual's options", async () => {
    expect(await php.read([MANUAL, await writeAjax(FOUR)])).toEqual([
      { options: FOUR.options },
      { options: FOUR.options },
    ]);
  });

  it('loses what Latin-1 does not have, unless it is spelled out', async () => {
    const answer = { options: [{ value: 'Łódź 5 €', description: 'Škoda € – „Łódź“, Müller' }] };
    const [plain, spelled] = await php.read([await writeAjax(answer), await writeAjax(answer, 'latin1')]);
    expect(plain).toEqual({ options: [{ value: '?ód? 5 ?', description: '?koda ? ? ??ód??, Müller' }] });
    expect(spelled).toEqual({ options: [{ value: 'Lódz 5 EUR', description: 'Skoda EUR - "Lódz", Müller' }] });
  });

  it('reads every answer as the strict parser does', async () => {
    const option = fc.record({ value: nastyText, description: nastyText });
    const answers = fc.sample(fc.array(option, { maxLength: 4 }), 600);
    const written = await Promise.all(answers.map((options) => writeAjax({ options }, 'latin1')));
    const results = await php.read(written);
    for (const [index, xml] of written.entries()) expect(results[index], xml).toEqual({ options: readOptions(xml) });
  });
});
