/** What the configuration says of pushes to a HelpSpot is checked when it is read. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { adapters } from '../../../adapters/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { temporaryFolder } from '../../support/temp.ts';

const URL_AND_TOKEN = { adapter: 'helpspot', url: 'https://help.example.com', token: '1|abcdefghijklmnop' };

/** The message of a configuration with this source and this target; empty for one that can be read. */
async function problemOf(source: object, target: object = {}): Promise<string> {
  const file = join(await temporaryFolder(), 'gateway.yaml');
  const sources = { desk: { ...URL_AND_TOKEN, ...source } };
  await writeFile(file, JSON.stringify({ sources, push: { Linked: { source: 'desk', ...target } } }));
  return await loadConfiguration(file, adapters, {}).then(
    () => '',
    (error: Error) => error.message,
  );
}

const NEW = { fields: { category: 'Development', Custom7: '{{xRequest}}' } };
const portal = { action: 'portal', token: undefined };

describe('pushes to a HelpSpot', () => {
  it.each([
    ['a linked request', {}, NEW],
    [
      'with its category in the source',
      { category: 'Development', writeBack: 'Custom7' },
      { link: true, lookFor: '5m' },
    ],
    ['with files', {}, { ...NEW, attachments: 'files' }],
    ['a note', { action: 'update' }, { fields: { request: '{{Custom9}}', status: 'Active', Custom1: 'x' } }],
    ['time', { action: 'time' }, { fields: { request: '1', person: '2', time: '0:30' } }],
    ['a follower', { action: 'subscribe' }, { fields: { request: '{{xRequest}}', person: '{{acting_person_email}}' } }],
    ['the portal', portal, { attachments: 'files', fields: { category: 'Bugs' } }],
    ['two help desks', { writeBack: 'Custom7', origin: { url: 'https://a.example.com', token: 'abcdefgh' } }, NEW],
  ])('are configured: %s', async (_name, source, target) => {
    expect(await problemOf(source, target)).toBe('');
  });

  it.each([
    ['a misspelled field', {}, { fields: { ...NEW.fields, asignedTo: 'x' } }, 'did you mean "assignedTo"?'],
    [
      'a custom field in small letters',
      {},
      { fields: { ...NEW.fields, custom7: 'x' } },
      'write a custom field by its number like Custom7',
    ],
    ['no category', {}, {}, 'helpspot needs category under fields'],
    ['no request', { action: 'update' }, {}, 'helpspot needs request under fields'],
    ['no person', { action: 'subscribe' }, { fields: { request: '1' } }, 'helpspot needs person under fields'],
    [
      'a field of another action',
      { action: 'time' },
      { fields: { request: '1', person: '2', time: '1', status: 'x' } },
      'helpspot has no such field',
    ],
    [
      'files where none go',
      { action: 'subscribe' },
      { attachments: 'files', fields: { request: '1', person: '2' } },
      'takes no files',
    ],
    ['an unknown action', { action: 'delete' }, NEW, 'action'],
    ['a source of a list', { list: 'categories' }, NEW, 'it gives categories, and no requests'],
    ['a source of a filter', { filter: 12 }, NEW, 'it gives the requests of a filter'],
    ['a list with an action', { list: 'staff', action: 'update' }, {}, 'stands beside list'],
    ['credentials for the portal', { action: 'portal' }, {}, 'is not used with action: portal'],
    ['linking in the portal', portal, { link: true }, 'needs a source that can look things up'],
    ['a search in the portal', portal, { lookFor: '5m' }, 'is for nothing here'],
    ['no credentials', { token: undefined }, NEW, 'is missing; write it, or user and password'],
    [
      'a category of a note',
      { action: 'update', category: 'Bugs' },
      { fields: { request: '1' } },
      'write category under fields',
    ],
    ['a number of a time event', { action: 'time', writeBack: 'Custom7' }, {}, 'goes with new requests only'],
    ['no custom field', { writeBack: 'custom7' }, NEW, 'is no custom field; write it like Custom7'],
    [
      'a portal that writes back',
      { ...portal, writeBack: 'Custom7' },
      {},
      'writeBack needs credentials, and action: portal has none',
    ],
    [
      'an origin for nothing',
      { origin: { url: 'https://a.example.com', token: 'abcdefgh' } },
      NEW,
      'is for nothing without writeBack',
    ],
    [
      'an origin without credentials',
      { writeBack: 'Custom7', origin: { url: 'https://a.example.com' } },
      NEW,
      'origin.token: is missing',
    ],
    [
      'a page as origin',
      { writeBack: 'Custom7', origin: { url: 'https://a.example.com/admin', token: 'abc' } },
      NEW,
      'is the address of a page',
    ],
  ])('are refused: %s', async (_name, source, target, words) => {
    expect(await problemOf(source, target)).toContain(words);
  });

  it('cannot be looked up in the portal', async () => {
    const file = join(await temporaryFolder(), 'gateway.yaml');
    const sources = { desk: { adapter: 'helpspot', url: 'https://help.example.com', action: 'portal' } };
    await writeFile(file, JSON.stringify({ sources, lookups: { default: { sources: 'desk' } } }));
    await expect(loadConfiguration(file, adapters, {})).rejects.toThrow('without credentials nothing can be looked up');
  });
});
