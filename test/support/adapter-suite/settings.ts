/** What the settings of an adapter must be, for the suites of finding and of pushing. */
import { expect } from 'vitest';
import * as z from 'zod';
import { isMarkedSecret, partsOf, schemasAt } from '../../../src/config/expectation.ts';
import { holdsSecret } from '../../../src/config/secrets.ts';
import type { Adapter } from '../../../src/contract/index.ts';

const UNKNOWN = 'noAdapterHasThisKey';

/** Settings that are right but for one more key are refused because of it. @param given settings that are right */
export function expectRefusesUnknown(adapter: Adapter, given: unknown): void {
  const { success, error } = adapter.settings.safeParse({ ...Object(given), [UNKNOWN]: true });
  expect(success, `settings with the unknown key "${UNKNOWN}" are taken: write z.strictObject({ … })`).toBe(false);
  expect(JSON.stringify(error?.issues), 'what zod says of an unknown key').toContain(UNKNOWN);
}

/** The paths of the settings that have no description: `tls.ca`. */
export function withoutDescription({ settings }: Adapter): readonly string[] {
  return bare(z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' }), []);
}

function bare(schema: z.core.JSONSchema.BaseSchema, path: readonly string[]): readonly string[] {
  const parts = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  return parts.flatMap(({ properties = {} }) =>
    Object.entries(properties).flatMap(([name, property]) => {
      const at = [...path, name];
      // `true` is what zod says of a setting that may be anything.
      if (typeof property === 'boolean' || property.description === undefined) return [at.join('.')];
      return bare(property, at);
    }),
  );
}

/** Shorter ones stand in other words by chance. */
const SHORTEST_SECRET = 6;

/** The texts of the settings that are secrets: by the names of their keys, or because the adapter marks them. */
export function secretsIn(adapter: Adapter, value: unknown, path: readonly string[] = []): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]: [string, unknown]) => {
    if (typeof entry !== 'string') return secretsIn(adapter, entry, [...path, key]);
    const isMarked = schemasAt(adapter.settings, path)
      .flatMap((parent) => partsOf(parent, key))
      .some(isMarkedSecret);
    return (isMarked || holdsSecret(key)) && entry.length >= SHORTEST_SECRET ? [entry] : [];
  });
}

/** The settings as the adapter takes them. @throws Error with each mistake, its place and what to do */
export function parsedSettings(adapter: Adapter, given: unknown): unknown {
  const { data, error } = adapter.settings.safeParse(given);
  if (error === undefined) return data;
  const mistakes = error.issues.map(({ path, message }) => `  ${path.join('.') || 'the whole'}: ${message}`);
  throw new Error(
    `the adapter ${adapter.name} refuses the settings that the suite was given; mend "settings" of the suite, or its schema:\n${mistakes.join('\n')}`,
  );
}
