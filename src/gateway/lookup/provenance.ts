/** Where the values of a customer come from, and how old they are. */
import { ownValue, type SourceRecord } from '../../contract/index.ts';
import type { Origin } from '../../helpspot/answer.ts';
import { clock } from '../../kit/text/index.ts';
import { filledField } from './contents.ts';
import type { SourcePart } from './customer-parts.ts';
import type { ContentPlan } from './plan.ts';
import type { RelatedRecords } from './related-records.ts';
import { placesIn } from './shown-places.ts';

/** What came as long ago as this came with the answer. Milliseconds. */
const JUST_NOW_MS = 60_000;

/**
 * Tells where the fields of a content come from.
 * @param parts the records of which the customer was put together, in order of precedence
 */
export function originsBy(
  parts: readonly SourcePart[],
  related: ReadonlyMap<string, RelatedRecords>,
  record: SourceRecord,
): (content: ContentPlan) => readonly Origin[] {
  return (content) => {
    const found =
      'related' in content
        ? [related.get(content.related)]
        : placesOfShown(content, record).map((place) => giver(place, parts));
    const origins = new Map<string, Origin>();
    for (const one of found) {
      if (one === undefined) continue;
      const { name, title } = one.source.plan;
      // Of a file, when it was written; of a system, when it was asked.
      const at = one.source.state()?.dataAt?.getTime() ?? one.at;
      origins.set(name, { source: name, title, at });
    }
    return [...origins.values()];
  };
}

/** Of several fields in the order of trust, the one that is shown. */
function placesOfShown(content: ContentPlan, record: SourceRecord): readonly string[] {
  return content.kind === 'field' ? [filledField(content.from, record)] : placesIn(content);
}

/** The first record that knows a field has the last word on it. */
export function giver(place: string, parts: readonly SourcePart[]): SourcePart | undefined {
  return parts.find(({ record, source }) => {
    const prefix = `${source.plan.name}.`;
    return (
      ownValue(record, place) !== undefined ||
      (place.startsWith(prefix) && ownValue(record, place.slice(prefix.length)) !== undefined)
    );
  });
}

/** "from CRM; Active Directory, as of 11:58". Empty for what comes from nowhere: a constant. */
export function originsText(origins: readonly Origin[], now = Date.now()): string {
  const texts = origins.map(({ title, at }) => {
    return now - at < JUST_NOW_MS ? title : `${title}, as of ${clock(at, now)}`;
  });
  return texts.length === 0 ? '' : `from ${texts.join('; ')}`;
}
