/** Of a value that fits none of several forms: the form that was probably meant, and what is wrong with it. */
import type { $ZodIssue, $ZodIssueInvalidUnion } from 'zod/v4/core';

/**
 * The issues of the best form, with paths relative to the union. Empty when the value has another kind (text, list,
 * map) than every form, or when several forms are equally far: then the forms themselves are the best answer.
 */
export function chosenIssues(issue: $ZodIssueInvalidUnion): readonly $ZodIssue[] {
  const ranked = issue.errors
    .filter((issues) => !issues.some(isOtherKind))
    .map((issues) => ({ issues, distance: distanceOf(issues) }))
    .sort((a, b) => a.distance - b.distance);
  const [best, second] = ranked;
  if (best === undefined) return [];
  if (second === undefined || best.distance < second.distance) return best.issues;
  // Every form dislikes the same keys: that alone is worth saying.
  return best.issues.filter(({ code }) => code === 'unrecognized_keys');
}

// The whole value has the wrong type, or is not the one constant.
function isOtherKind(issue: $ZodIssue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === 'invalid_union') return issue.errors.every((issues) => issues.some(isOtherKind));
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

// A key too much or a key missing says more about the form than a wrong value does.
function distanceOf(issues: readonly $ZodIssue[]): number {
  let distance = 0;
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') distance += 100 * issue.keys.length;
    else if (isMissing(issue)) distance += 100;
    else distance += 1;
  }
  return distance;
}

function isMissing(issue: $ZodIssue): boolean {
  const isType = issue.code === 'invalid_type' || issue.code === 'invalid_union' || issue.code === 'invalid_value';
  return isType && issue.input === undefined && issue.path.length === 1;
}
