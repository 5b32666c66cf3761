/** An entry as one line of JSON, and lines that wait to be written. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  AUDIT_KINDS,
  AUDIT_LIMITS,
  AUDIT_OUTCOMES,
  AUDIT_WAYS,
  AUDITED_STATES,
  auditLine,
  auditText,
} from '../../src/gateway/audit/entry.ts';
import { WaitingEntries } from '../../src/gateway/audit/waiting.ts';

/** Halves of characters, NUL, quotes, lines: whatever a unit of UTF-16 can be; most often what staff type. */
const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 20 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', minLength: 90, maxLength: 120 }) },
  fc.array(fc.integer({ max: 0xffff, min: 0 }), { maxLength: 120 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('"', '\\', '\0', '\ud800', '\udfff', '\u2028', '\x7f', 'ü', '日本', '😀'),
);
const texts = fc.array(text, { maxLength: 4 });
const known = {
  at: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  kind: fc.constantFrom(...AUDIT_KINDS),
  name: text,
  outcome: fc.constantFrom(...AUDIT_OUTCOMES),
};
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const entries = fc.record({
  ...known,
  ...{ personId: maybe(text), personName: maybe(text), request: maybe(text), step: maybe(text) },
  ...{ customers: maybe(texts), things: maybe(texts), count: maybe(fc.nat()), reference: maybe(text) },
  sources: maybe(fc.array(fc.record({ source: text, state: fc.constantFrom(...AUDITED_STATES) }), { maxLength: 3 })),
  ...{ status: maybe(fc.nat({ max: 599 })), caller: maybe(text), via: maybe(fc.constantFrom(...AUDIT_WAYS)) },
  milliseconds: maybe(fc.nat()),
});

it('is what JSON.stringify makes of its texts within the limits', () => {
  fc.assert(
    fc.property(entries, (entry) => {
      const { at, kind, name, outcome } = entry;
      const within = (all: readonly string[] = []) => all.map(auditText);
      const sources = (entry.sources ?? []).map(({ source, state }) => ({ source: auditText(source), state }));
      expect(auditLine(entry)).toBe(
        JSON.stringify({
          ...{ at, kind, name: auditText(name), personId: auditText(entry.personId ?? '') },
          ...{ personName: auditText(entry.personName ?? ''), request: auditText(entry.request ?? '') },
          ...{ customers: within(entry.customers), step: auditText(entry.step ?? ''), things: within(entry.things) },
          ...{ count: entry.count ?? 0, sources, outcome, status: entry.status ?? 0 },
          ...{ reference: auditText(entry.reference ?? ''), caller: auditText(entry.caller ?? '') },
          ...{ via: entry.via ?? '', milliseconds: entry.milliseconds ?? 0 },
        }),
      );
    }),
    { numRuns: 500 },
  );
});

const LOOKUP = { at: 1, kind: 'lookup', name: 'a', outcome: 'found' } as const;

it('has no more of a list, nor of what was searched for, than there is room for', () => {
  const many = Array.from({ length: 70 }, (_, index) => `n${index}`);
  const values = Object.fromEntries(many.map((name) => [name, 'x'.repeat(300)]));
  const sources = many.map((source) => ({ source, state: 'failed' as const }));
  const { customers, things, ...entry } = JSON.parse(
    auditLine({ ...LOOKUP, customers: many, things: many, sources, values }),
  );
  expect([customers, things]).toEqual([many.slice(0, AUDIT_LIMITS.ids), many.slice(0, AUDIT_LIMITS.ids)]);
  expect(entry.sources).toEqual(sources.slice(0, AUDIT_LIMITS.sources));
  expect(Object.entries(entry.values)).toEqual(
    many.slice(0, AUDIT_LIMITS.values).map((name) => [name, 'x'.repeat(AUDIT_LIMITS.value)]),
  );
});

it('waits in its order, in batches that end where they are full, whatever its letters take', () => {
  const value = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.constant('日'.repeat(200)));
  const searched = fc.array(value, { maxLength: 60 }).map((values) => Object.fromEntries(Object.entries(values)));
  const limit = fc.nat({ max: 40_000 });
  fc.assert(
    fc.property(fc.array(searched, { minLength: 1, maxLength: 80 }), fc.nat(40), limit, (all, most, characters) => {
      const entries = all.map((values, at) => ({ ...LOOKUP, at, values }));
      const ours = entries.map(auditLine);
      const waiting = new WaitingEntries(most + 1, characters + 1);
      for (const [index, entry] of entries.entries()) {
        waiting.add(entry);
        expect(waiting.count).toBe(index + 1);
      }
      const batches: string[][] = [];
      for (let batch = waiting.oldest(); batch !== undefined; batch = waiting.oldest()) {
        if (batches.length === 0) {
          expect([waiting.count, waiting.characters]).toEqual([ours.length, ours.join('').length]);
        }
        batches.push(batch.lines.split('\n'));
        expect(batches.at(-1)).toHaveLength(batch.count);
        waiting.shift();
      }
      expect(batches.flat()).toEqual(ours);
      for (const batch of batches) {
        expect(batch.length).toBeLessThanOrEqual(most + 1);
        expect(batch.length === 1 || batch.slice(0, -1).join('').length <= characters).toBe(true);
      }
      expect([waiting.count, waiting.characters]).toEqual([0, 0]);
    }),
    { numRuns: 60 },
  );
});

it('is in the batch that is being written until that is done, and what comes meanwhile in the next', () => {
  const waiting = new WaitingEntries(100, 10_000);
  const [first, second, third] = [LOOKUP, { ...LOOKUP, name: 'b' }, { ...LOOKUP, name: 'c' }] as const;
  waiting.add(first);
  const written = { lines: auditLine(first), count: 1 };
  expect(waiting.oldest()).toMatchObject(written);
  // A disk that is full for long is tried again and again: what comes meanwhile is one batch.
  waiting.add(second);
  expect(waiting.oldest()).toMatchObject(written);
  waiting.add(third);
  waiting.shift();
  const next = { lines: `${auditLine(second)}\n${auditLine(third)}`, count: 2 };
  expect([waiting.count, waiting.oldest()]).toMatchObject([2, next]);
});
