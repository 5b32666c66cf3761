/** Sections that are maps of names: `sources`, `lookups`. */

import { inYaml } from './expectation.ts';
import { NAME } from './names.ts';
import type { Report } from './report.ts';
import { isPlainMap, type Path } from './tree.ts';

/** The names in a section, right or wrong. */
export function namesInSection(report: Report, section: string): readonly string[] {
  const value = report.value([section]);
  return isPlainMap(value) ? Object.keys(value) : [];
}

/**
 * The names in a section that must have at least one entry; mistakes are added.
 * @param example what to write when there is none
 */
export function checkedNames(report: Report, section: string, example: object): readonly string[] {
  const value = report.value([section]);
  const names = namesInSection(report, section);
  if (!report.isUsable([section]) || report.isMisspelled([section])) return [];
  const write = `; write ${section}: ${inYaml(example)}`;
  if (value === undefined) report.add([section], `is missing${write}`);
  else if (value !== null && !isPlainMap(value)) report.add([section], `must be a map of names${write}`);
  else if (names.length === 0) report.add([section], `is empty${write}`);
  return names.filter((name) => isGoodName(report, section, name));
}

function isGoodName(report: Report, section: string, name: string): boolean {
  if (NAME.test(name) && name.length <= 100) return true;
  const better = name.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 100);
  report.add(
    [section, name],
    `a name has letters, digits, - and _ only; write ${/\w/.test(better) ? better : 'another name'}`,
  );
  return false;
}

/** Names of push targets, in a list `push`. @param path what has the list */
export function checkTargets(report: Report, path: Path, named: readonly string[], targets: readonly string[]): void {
  for (const [index, target] of named.entries()) {
    if (!targets.includes(target)) report.addUnknown([...path, 'push', index], 'push target', targets, 'push targets');
  }
}
