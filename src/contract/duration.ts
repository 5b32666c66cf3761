/** Times in the configuration: a number with its unit, so that nobody wonders whether 5 is seconds. */
import * as z from 'zod';

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  y: 365 * 86_400_000,
};

/** A setting with a unit (`500ms`, `5s`, `2m`, `1h`, `3d`, `1y` of 365 days), put out as milliseconds. `least`, `most` and `example` are such times too. */
export function duration(least: string, most: string, example = '5s') {
  return z
    .string()
    .regex(/^\d+(?:\.\d+)?(?:ms|s|m|h|d|y)$/)
    .meta({ title: `a time with its unit, from ${least} to ${most}`, examples: [example] })
    .transform(milliseconds)
    .refine((time) => time >= milliseconds(least) && time <= milliseconds(most));
}

/** @throws {Error} on a text without number or unit */
export function milliseconds(text: string): number {
  const [, amount, unit] = /^([\d.]+)([a-z]+)$/.exec(text) ?? [];
  const factor = UNITS[unit ?? ''];
  if (factor === undefined) throw new Error(`not a duration: ${text}`);
  return Number(amount) * factor;
}
