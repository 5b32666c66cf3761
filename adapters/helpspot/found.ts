/** Requests that were found, and the order in which they are given. */
import { ownValue, type SourceRecord } from '../../src/contract/index.ts';
import type { Data } from '../../src/kit/web/index.ts';

/** A request. */
export interface Found {
  readonly id: string;
  readonly data: Data;
  readonly record: SourceRecord;
}

/** Several questions may find the same. */
export function united(answers: readonly (readonly Found[])[]): readonly Found[] {
  return [...new Map(answers.flat().map((one) => [one.id, one])).values()];
}

/** Open ones first, then the newest. */
export function inUsualOrder(found: readonly Found[]): readonly Found[] {
  const keys = new Map(
    found.map(({ id, record }) => {
      const opened = ownValue(record, 'dtGMTOpened');
      const isOpen = ownValue(record, 'fOpen') === true;
      return [id, { isOpen: Number(isOpen), at: opened instanceof Date ? opened.getTime() : 0, number: Number(id) }];
    }),
  );
  const none = { isOpen: 0, at: 0, number: 0 };
  return found.toSorted((one, other) => {
    const [a, b] = [keys.get(one.id) ?? none, keys.get(other.id) ?? none];
    return b.isOpen - a.isOpen || b.at - a.at || b.number - a.number;
  });
}
