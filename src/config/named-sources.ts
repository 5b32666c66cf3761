/** The sources that lookups, AJAX fields and push targets name. */
import type { SourcePlan } from '../gateway/plan.ts';
import { namesInSection } from './named-entries.ts';
import { NAME } from './names.ts';
import type { Report } from './report.ts';
import type { Path } from './tree.ts';

/** The sources without mistakes. */
export type Sources = ReadonlyMap<string, SourcePlan>;

/**
 * Adds a mistake for a source that the file does not have. Looks at what is written, not at the checked entry: another
 * mistake in the entry must not hide this one. That there are none at all is told of `sources`.
 */
export function checkSourceName(report: Report, path: Path): void {
  const known = namesInSection(report, 'sources');
  const name = report.value(path);
  if (typeof name === 'string' && NAME.test(name) && known.length > 0 && !known.includes(name)) {
    report.addUnknown(path, 'source', known, 'sources');
  }
}

/** The same, and one for a source that cannot be searched. */
export function checkSearchedSource(report: Report, path: Path, sources: Sources): void {
  checkSourceName(report, path);
  const name = report.value(path);
  const source = typeof name === 'string' ? sources.get(name) : undefined;
  // An unknown or wrong source has been told.
  const refusal = source === undefined ? undefined : whyNotSearched(source);
  if (refusal === undefined) return;
  const others = [...sources.values()].filter((one) => whyNotSearched(one) === undefined).map((one) => one.name);
  const hint = others.length === 0 ? 'no source of this file can be' : `sources that can: ${others.join(', ')}`;
  report.add(path, `names a source that cannot be searched: ${refusal}; ${hint}`);
}

function whyNotSearched({ adapter, settings }: SourcePlan): string | undefined {
  if (adapter.finds === false) return `the adapter ${adapter.name} only takes pushes`;
  return adapter.cannotFind?.(settings);
}
