/** docs/operations.md says of every sentence that staff may read what it means and what to do. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { staffTexts } from '../support/staff-texts.ts';

const root = resolve(import.meta.dirname, '../..');

/** What looks like such a sentence, and why it is none. */
const NOT_FOR_STAFF: Readonly<Record<string, string>> = {
  'The caller has gone away': 'nobody reads it',
  'the store of pushes is opened anew: no push waited in the file that has gone': 'for the log',
  '… cannot be opened; tried again': 'for the log',
  '… answered … with bytes that are not in the encoding that it names (…)': 'for the log',
  '… answered …, but its answer of … kB could not be read in time': 'for the log',
  'The gateway was stopped while it was sending': 'for the list of pushes',
  '… did not confirm that it arrived': 'for the list of pushes',
  '… does not show it': 'for the list of pushes',
  'there is no such push': 'for the list of pushes',
  'there is no push target … any more; put it back into push, or drop the push': 'for the list of pushes',
  'what was pushed is not kept any more': 'for the list of pushes',
  'The body of the call': 'the beginning of a sentence for programs',
  '… has more than … fields; leave some out': 'for the console and programs',
  'custom field …': 'a name',
  'only … may see it': 'for --explain',
  'pushes that wait in the spool cannot be handed to the store; tried again': 'for the log',
  'the store does not take the audit; its entries go to the file of this machine until it does': 'for the log',
  'what waits in the file of the audit cannot be handed to the store; tried again': 'for the log',
  '… threw …, which is no Error; throw a SourceError': 'for the log: staff read that of a bug',
  'something of type …': 'a part of it',
  'the spool …': 'a name',
};

it('explains every sentence that staff may read, and none that there is not', () => {
  const page = readFileSync(resolve(root, 'docs/operations.md'), 'utf8');
  const [, table = ''] = page.split('| staff read |');
  const told = table
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .flatMap((line) => (line.split(' | ')[0] ?? '').slice(2).split('<br>'))
    .filter((text) => !text.startsWith('---'));
  const texts = new Set([...staffTexts(root).keys()].map((text) => text.trim()));
  expect(texts.size).toBeGreaterThan(100);
  expect([...texts].filter((text) => !told.includes(text) && !(text in NOT_FOR_STAFF)).sort()).toEqual([]);
  expect([...told, ...Object.keys(NOT_FOR_STAFF)].filter((text) => !texts.has(text)).sort()).toEqual([]);
});
