/** Slips of an administrator who knows other programs: the message says what it is called here, or how it is written. */
import { describe, expect, it } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { calledHere } from '../../src/config/synonyms.ts';
import { writeConfiguration } from './files.ts';

const SOURCES = 'people: { adapter: csv, file: people.csv }';
const inLookup = (key: string, value: string) =>
  `sources: { ${SOURCES} }\nlookups: { default: { sources: people, ${key}: ${value} } }\n`;
const match = (steps: string) => inLookup('match', steps);
const fields = (map: string) => inLookup('fields', map);
const source = (more: string) =>
  `sources: { people: { adapter: csv, file: people.csv, ${more} } }\nlookups: { default: { sources: people } }\n`;
const ajax = (more: string) => `sources: { ${SOURCES} }\najax: { codes: { source: people, ${more} } }\n`;
const top = (more: string) => `sources: { ${SOURCES} }\nlookups: { default: { sources: people } }\n${more}\n`;

async function mistakes(yaml: string): Promise<readonly string[]> {
  const file = writeConfiguration(yaml);
  const message = await loadConfiguration(file, adapters, {}).then(
    () => '',
    (error: Error) => error.message,
  );
  return message.split('\n').filter((line) => line !== '');
}

describe.each([
  ['begins', match('[{ last_name: begins }]'), 'write last_name: prefix'],
  ['starts with', match('[{ last_name: "starts with" }]'), 'write last_name: prefix'],
  ['startsWith, one level deeper', match('[{ last_name: { match: startsWith } }]'), 'write match: prefix'],
  ['like', match('[{ last_name: like }]'), 'write last_name: contains'],
  ['equals', match('[{ last_name: equals }]'), 'write last_name: exact'],
  ['kind for match', match('[{ last_name: { kind: prefix } }]'), 'did you mean "match"?'],
  ['parameter for from', match('[{ tag: { parameter: Custom5 } }]'), 'did you mean "from"?'],
  ['a parameter in place of a way', match('[{ tag: Custom5 }]'), 'write { tag: { from: Custom5 } }'],
  ['word', match('[{ word: [first_name, last_name] }]'), 'write words: [first_name, last_name]'],
  ['or', match('[{ or: [email, phone] }]'), 'or the step [first_name, last_name] for both'],
  ['words of one', match('[{ words: last_name }]'), 'words: must be a list of names, not "last_name"'],
  ['field: email', match('[{ field: email }]'), 'a step begins with the name of its field: { email: exact }'],
  ['names with a comma', match('["first_name, last_name"]'), 'write [first_name, last_name]'],
  ['names with a plus', match('[first_name+last_name]'), 'write [first_name, last_name]'],
  ['a place', match('["{{email}}"]'), 'a step is a name without braces'],
  ['joinBy', inLookup('joinBy', 'email'), 'did you mean "mergeBy"?'],
  ['max', inLookup('max', '5'), 'did you mean "limit"?'],
  ['field for from', fields('{ org: { field: company } }'), 'did you mean "from"?'],
  ['template for value', fields('{ org: { template: "{{company}}" } }'), 'did you mean "value"?'],
  ['href for link', fields('{ org: { href: "https://x/{{id}}" } }'), 'did you mean "link"?'],
  ['a template in place of a field', fields('{ org: "{{company}}" }'), 'write { value: "{{…}}" }'],
  ['the same behind from', fields('{ org: { from: "{{company}}" } }'), 'write { value: "{{…}}" }'],
  ['single braces', fields('{ org: { value: "{company}" } }'), 'single braces; write {{field}}'],
  ['timestamp', fields('{ Custom6: { from: e, date: timestamp } }'), 'write date: unix'],
  ['newline', fields('{ a: { from: e, list: newline } }'), 'write list: lines'],
  ['telephone', source('kinds: { a: telephone }'), 'write a: phone'],
  ['string', source('kinds: { a: string }'), 'write a: text'],
  ['integer', source('kinds: { a: integer }'), 'write a: number'],
  ['id', source('kinds: { a: id }'), 'write a: code'],
  ['timestamp as a kind', source('kinds: { a: timestamp }'), 'write a: date'],
  ['a kind in front', source('kinds: { phone: tel2 }'), 'write tel2: phone'],
  ['a kind in front of several', source('kinds: { phone: [tel2, tel3] }'), 'write tel2: phone, tel3: phone'],
  ['types', source('types: { a: phone }'), 'did you mean "kinds"?'],
  ['a list of dates', source('dates: [end]'), 'write dates: { end: DD.MM.YYYY }'],
  ['dateFormat', source('dateFormat: { a: DD.MM.YYYY }'), 'did you mean "dates"?'],
  ['MM for minutes', source('dates: { a: "DD.MM.YYYY HH:MM" }'), 'minutes are mm'],
  ['a comma that is missing', source('cache: { fresh: 30s stale: 1d }'), 'a comma between two keys is missing'],
  ['fresh longer than stale', source('cache: { fresh: 1h, stale: 30s }'), 'stale: is shorter than fresh'],
  [
    'patience longer than the deadline',
    inLookup('patience', '1m'),
    'patience: is longer than the deadline of the server (5000 ms)',
  ],
  ['a country in small letters', top('phones: { country: de }'), 'write DE'],
  ['UK', top('phones: { country: UK }'), 'write GB'],
  ['default for country', top('phones: { default: DE }'), 'did you mean "country"?'],
  ['a parameter without braces', ajax('value: "{{a}}", where: { a: sUserId }'), 'write "{{sUserId}}"'],
  ['a custom field without', ajax('value: "{{a}}", where: { a: { value: Custom3 } }'), 'write "{{Custom3}}"'],
  ['a value without a place', ajax('value: code'), 'is the same for every option'],
  ['begins in a search', ajax('value: "{{a}}", search: { fields: [a], match: begins }'), 'write match: prefix'],
  ['min', ajax('value: "{{a}}", search: { fields: [a], min: 2 }'), 'did you mean "minimum"?'],
  ['sort', ajax('value: "{{a}}", sort: a'), 'did you mean "order"?'],
  ['name desc', ajax('value: "{{a}}", order: name desc'), 'write { name: descending }'],
  ['-name', ajax('value: "{{a}}", order: "-name"'), 'write { name: descending }'],
  ['name asc', ajax('value: "{{a}}", order: [name asc]'), 'write name'],
  ['asc', ajax('value: "{{a}}", order: { name: asc }'), 'write name: ascending'],
])('%s', (_what, yaml, words) => {
  it('is one mistake that says what to write', async () => {
    const said = await mistakes(yaml);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(words);
  });
});

it.each([
  ['a field called word', match('[{ word: exact }]')],
  ['a condition that equals a word which is a parameter too', ajax('value: "{{a}}", where: { channel: email }')],
  ['a constant beside a place', ajax('value: { drillDown: [Berlin, "{{a}}"] }')],
  ['single braces in a longer text', fields('{ a: { value: "{a} {{b}}" } }')],
  ['a name with blanks', fields('{ a: Gültig bis }')],
  ['another country', top('phones: { country: GB }')],
  ['a month and minutes', source('dates: { a: "DD.MM.YYYY HH:mm" }')],
  [
    'a list of dates of an adapter that has one',
    top('')
      .replace('file: people.csv', 'file: p.csv')
      .replace(SOURCES, 'people: { adapter: sqlite, file: p.db, table: t, dates: [a] }'),
  ],
])('%s is no mistake', async (_what, yaml) => {
  expect(await mistakes(yaml)).toEqual([]);
});

it('a word from elsewhere is only what is possible here, and is short', () => {
  expect(calledHere('Begins With', ['exact', 'prefix'])).toBe('prefix');
  expect(calledHere('begins', ['asc'])).toBeUndefined();
  expect(calledHere('constructor', ['constructor'])).toBeUndefined();
  expect(calledHere(' '.repeat(100_000), ['prefix'])).toBeUndefined();
});
