/** `helpspot.source`: which source is the HelpSpot that asks. */
import { describe, expect, it } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/config/problems.ts';
import { writeConfiguration } from './files.ts';

const file = (source: string, where = '{{customer_id}}') => `sources:
  crm: { adapter: csv, file: crm.csv }
  helpdesk: { adapter: helpspot, url: "https://help.example.com", token: abc }
  states: { adapter: helpspot, url: "https://help.example.com", token: abc, list: statuses }
helpspot: { source: ${source} }
lookups:
  default: { sources: crm, related: { pages: { source: crm, where: { id: "{{customer_id}}", team: "${where}" } } } }
`;
const load = (text: string, onlyLookup?: string) =>
  loadConfiguration(writeConfiguration(text), adapters, {}, onlyLookup === undefined ? {} : { onlyLookup });
const mistakes = (text: string) =>
  load(text).then(
    () => '',
    (error: unknown) => (error instanceof ConfigurationError ? error.message : String(error)),
  );

describe('the source that is the HelpSpot which asks', () => {
  it('is any of it', async () => {
    expect((await load(file('helpdesk'))).helpSpotSource).toBe('helpdesk');
    expect((await load(file('states'))).helpSpotSource).toBe('states');
    expect((await load(file('helpdesk').replace(/^helpspot:.*\n/m, ''))).helpSpotSource).toBeUndefined();
  });

  it('must be there, and be one', async () => {
    expect(await mistakes(file('helpdesc'))).toContain(
      'helpspot.source: unknown source "helpdesc"; did you mean "helpdesk"?',
    );
    expect(await mistakes(file('crm'))).toContain(
      'helpspot.source: names a source that is no HelpSpot: its adapter is csv; write helpdesk or states',
    );
    const portal = file('helpdesk').replace('token: abc', 'action: portal');
    expect(await mistakes(portal)).toContain(
      'helpspot.source: names a source that cannot tell its lists: without credentials nothing can be looked up',
    );
    expect(await mistakes(file('""'))).toContain('helpspot.source');
  });

  it('is loaded for one lookup only where that may name something', async () => {
    const named = await load(file('helpdesk', '{{ category }}'), 'default');
    expect([named.helpSpotSource, [...named.sources.keys()]]).toEqual(['helpdesk', ['crm', 'helpdesk']]);
    const plain = await load(file('helpdesk', '{{xCategory}}'), 'default');
    expect([plain.helpSpotSource, [...plain.sources.keys()]]).toEqual([undefined, ['crm']]);
  });
});
