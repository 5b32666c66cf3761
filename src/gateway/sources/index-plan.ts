/**
 * What an index was begun for: as a text in its file, by which a gateway knows whether it is the copy of what its own
 * configuration says. Two configurations may share a file, and one may be newer than what is there.
 */
import { createHash } from 'node:crypto';
import type { SourcePlan } from '../plan.ts';
import type { IndexPlan, IndexShape } from './customer-index.ts';

/**
 * Everything that decides what the source lists: the adapter, its settings, the folder of their paths, and the field of the last
 * change, which the mark of a run is of. Not `every`, `timeout`, `cache` and the like, which say how it is asked; nor, of
 * the adapter's settings, those of which it says the same ({@link Adapter.reachedBy}): the password of an account that
 * another setting names, limits of time and number. A host, a key or a token may be those of another tenant: they count. As
 * a hash: the settings may hold a password, and the file is on a disk.
 */
export function planWord({ adapter, settings, directory, index }: SourcePlan): string {
  const apart = new Set(adapter.reachedBy);
  const counting = Object.entries(Object(settings)).filter(([name]) => !apart.has(name));
  return createHash('sha256')
    .update(JSON.stringify([adapter.name, counting, directory, index?.updated]))
    .digest('base64url');
}

/** The text for the file. @param word of {@link planWord} */
export function planText(word: string, shape: IndexShape): string {
  return JSON.stringify([word, shape]);
}

/**
 * Whether an index answers what this configuration asks: it is of the same data, and has every field that is needed; those
 * that the other needs beside them do no harm, as where a command line reads one lookup of the configuration only.
 * @param text of {@link planText}
 */
export function isIndexFor(text: string, plan: SourcePlan, { shape }: IndexPlan): boolean {
  if (text === planText(planWord(plan), shape)) return true;
  const read: unknown = JSON.parse(text);
  const [word, other]: readonly unknown[] = Array.isArray(read) ? read : [];
  const get = (name: keyof IndexShape): unknown => Reflect.get(Object(other), name);
  // Numbers are in the file as those of its country.
  if (word !== planWord(plan) || get('country') !== shape.country) return false;
  const kept = get('kept');
  return kept === undefined || (Array.isArray(kept) && (shape.kept?.every((name) => kept.includes(name)) ?? false));
}
