import { describe, expect, it } from 'vitest';
import {
  comparedForms,
  fillTemplate,
  inOrder,
  isNumber,
  KINDS,
  masked,
  meets,
  partForms,
  placesOf,
  type SourceRecord,
  saysYes,
  secretForms,
  spellingsOf,
} from '../../src/contract/index.ts';
import { throughVia } from '../../src/gateway/ajax/via.ts';
import { entryOfCall } from '../../src/gateway/audit/call-entry.ts';
import { auditLine } from '../../src/gateway/audit/entry.ts';
import { withoutValues } from '../../src/gateway/call-values.ts';
import { readEvent } from '../../src/gateway/events/incoming.ts';
import { signatureProblem } from '../../src/gateway/events/signature.ts';
import { VENDORS } from '../../src/gateway/events/vendors.ts';
import { customerOf } from '../../src/gateway/lookup/fields.ts';
import { joined } from '../../src/gateway/lookup/join.ts';
import { fillPlain } from '../../src/gateway/lookup/templates.ts';
import { readExactJson } from '../../src/gateway/push/exact-json.ts';
import { pathMistake, textOfPath } from '../../src/gateway/push/json-paths.ts';
import { SourceHandle } from '../../src/gateway/sources/source-handle.ts';
import { GatewayEvents } from '../../src/gateway/telemetry.ts';
import { unknownName } from '../../src/gateway/unknown-name.ts';
import { eventsPlan } from '../gateway/events/harness.ts';
import { growths, many, TEXTS } from '../support/growth.ts';
import { memorySystem } from '../support/memory-adapter.ts';
import { alone, lookupPlan, memorySource } from '../support/plans.ts';

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const CRM = new SourceHandle(memorySource('crm', memorySystem([])), SILENT, new GatewayEvents());
const DIRECTORY = new SourceHandle(memorySource('directory', memorySystem([])), SILENT, new GatewayEvents());
const BY_A = lookupPlan({ sources: ['crm', 'directory'], mergeBy: ['a'] });
const ALL_FIELDS = { fields: undefined, otherFields: true, provenance: false, sources: [], related: [] };
const FORMS = secretForms(['s3cret-token', 'x!!x', '    x', 'aaaa']);

const ENDED = { reference: 'abcdef', startedAt: 0, milliseconds: 1, audited: {} };
const EVENTS = eventsPlan();
const bytesOf = (json: object) => Buffer.from(JSON.stringify(json));

const VIA_WHERE = { field: 'k', value: '{{via.a}}-{{via.b}}', optional: false, label: undefined };
const VIA = { via: { source: 'crm', where: [] } };

const OF_TEXT: Readonly<Record<string, (text: string) => unknown>> = {
  ...Object.fromEntries(
    KINDS.flatMap((kind) => [
      [`comparedForms of ${kind}`, (text: string) => comparedForms(kind, text, 'stored', 'DE')],
      [`partForms of ${kind}`, (text: string) => partForms(kind, text, 'stored')],
      [`spellingsOf ${kind}`, (text: string) => spellingsOf({ field: 'a', match: 'exact', value: text, kind })],
    ]),
  ),
  meets: (text) => meets({ name: text }, { field: 'name', match: 'contains', value: `${text.slice(0, 200)}y` }),
  customerOf: (text) => customerOf(alone({ name: text, [text]: text }), ALL_FIELDS, undefined),
  fillPlain: (text) => fillPlain('{{a}} {{a}}', { a: text }),
  'auditLine of entryOfCall': (text) => {
    const sent = { [text]: text, email: text, request: text };
    return auditLine(entryOfCall('lookup', { name: text, sent }, {}, ENDED, undefined, true));
  },
  saysYes,
  isNumber,
  inOrder: (text) => inOrder([{ a: text }, { a: `${text}x` }], [{ field: 'a', descending: false }]),
  'secretForms and masked': (text) => masked(text, FORMS),
  placesOf,
  'readEvent of a text': (text) => readEvent(EVENTS, { headers: {}, body: bytesOf({ a: text, [text]: 1 }) }, 0),
  'readEvent of lists': (text) =>
    readEvent(EVENTS, { headers: {}, body: bytesOf({ a: [...text], b: [text, text] }) }, 0),
  'readEvent of many parts of a long name': (text) =>
    readEvent(EVENTS, { headers: {}, body: bytesOf({ [text]: [...text].map((one) => ({ [one]: one })) }) }, 0),
  signatureProblem: (text) => {
    const headers = { 'webhook-id': [text], 'webhook-timestamp': ['1'], 'webhook-signature': [text] };
    return signatureProblem(VENDORS['standard-webhooks'].schemes, ['AAAA'], { headers, body: Buffer.from(text) }, 0);
  },
  fillTemplate: (text) => fillTemplate(text, (name) => name),
  unknownName: (text) => unknownName('lookup', text, ['customers', 'contacts']),
  'readExactJson of a text': (text) => readExactJson(Buffer.from(JSON.stringify({ a: text, b: { [text]: 1 } }))),
  'readExactJson of a number': (text) => readExactJson(Buffer.from(`{"a":${text.replace(/./gs, '7')}.50}`)),
  textOfPath: (text) => textOfPath({ a: [text, { [text]: text }] }, text),
  pathMistake,
  'withoutValues of a text': (text) => withoutValues(['Bob', 'x'.repeat(300)])(text),
  'withoutValues of a value': (text) => withoutValues([text])(`invalid: '${text}'`),
};

/** Many small things: the sizes count things. */
const OF_MANY: readonly (readonly [name: string, growing: () => Promise<readonly string[]>])[] = [
  [
    'joined',
    () =>
      growths(
        (records: readonly SourceRecord[]) =>
          joined(
            [
              { source: CRM, records, at: 0 },
              { source: DIRECTORY, records: [{ a: 'x' }], at: 0 },
            ],
            BY_A,
          ),
        [
          { name: 'records', make: (size) => many(size / 10, (index) => ({ a: `${index}`, b: 'x' })) },
          { name: 'records that are the same', make: (size) => many(size / 10, () => ({ a: 'x', b: 'x' })) },
          {
            name: 'the same with other fields',
            make: (size) => many(size / 100, (index) => ({ a: 'x', [`b${index}`]: 'x' })),
          },
        ],
      ),
  ],
  [
    'customerOf',
    () =>
      growths(
        (record: Readonly<Record<string, string>>) => customerOf(alone(record), ALL_FIELDS, undefined),
        [{ name: 'fields', make: (size) => Object.fromEntries(many(size, (index) => [`f${index}`, 'x'])) }],
      ),
  ],
  [
    'throughVia',
    () =>
      growths(
        (record: SourceRecord) => throughVia({ ...VIA, where: [VIA_WHERE] }, [{ criteria: [] }], [record], 'CRM', {}),
        [
          { name: 'items', make: (size) => ({ a: many(size, (index) => `${index}`), b: many(size, () => 'x') }) },
          { name: 'empty items', make: (size) => ({ a: many(size, () => ' '), b: 'x' }) },
        ],
      ),
  ],
  [
    'secretForms',
    () => growths(secretForms, [{ name: 'secrets', make: (size) => many(size / 100, (index) => `secret-${index}`) }]),
  ],
];

describe('the work grows no faster than the text', { timeout: 120_000 }, () => {
  it.each(Object.entries(OF_TEXT))('of %s', async (_name, work) => {
    expect(await growths(work, TEXTS)).toEqual([]);
  });

  it.each(OF_MANY)('of %s, for many small things', async (_name, growing) => {
    expect(await growing()).toEqual([]);
  });
});
