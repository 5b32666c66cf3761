/** The fields of a source: kind, how searchable, and what a value looks like. */
import { h } from 'preact';
import { DeadlineExceeded } from '../../../contract/index.ts';
import type { SourcePlan } from '../../../gateway/plan.ts';
import { shortLine } from '../../../kit/text/index.ts';
import { changed } from '../changed.ts';
import { dataTable, hrefOf, notice, section } from '../page.ts';
import type { Texts } from '../texts/en.ts';
import { hidingSecrets } from '../visible.ts';
import { mayDo, type Visit } from '../visit.ts';

/** Of an example, so much shows how such a value looks. */
const LONGEST_EXAMPLE = 60;

/** @param isAtRest it is not asked then: its own probes do that */
export async function fieldsSection(visit: Visit, { name }: SourcePlan, isAtRest: boolean) {
  const { gateway, texts, query, user, signal } = visit;
  const mayRead = mayDo(user.role, 'administrator');
  const showsExamples = mayRead && query.get('examples') === '1';
  const look = isAtRest ? undefined : await gateway.lookAt(name, true, signal).catch(unlessLate);
  if (look === undefined) return section(texts.sourceFields, notice('warning', texts.fieldsUnknown));
  // What customers are like is looked at: that is told, as a change is.
  if (showsExamples) changed(visit, { what: 'source.examples', of: name });
  const rows = look.fields.map(({ name: field, kind, searchable, shown, example }) => {
    // Before it is cut: half a secret is no longer known as one.
    const value = shortLine(hidingSecrets(visit, example), LONGEST_EXAMPLE);
    const ways = searchable === undefined ? texts.unknownYet : searchable.join(', ') || texts.notSearchable;
    return [field, kind, ways, shown === false ? texts.no : texts.yes, showsExamples ? value : masked(value)];
  });
  const { fieldName, fieldKind, searchableBy, shownField, example } = texts;
  return section(
    texts.sourceFields,
    look.isListed ? undefined : h('p', null, texts.fieldsOfSample),
    rows.length === 0
      ? h('p', null, texts.none)
      : dataTable(texts.sourceFields, [fieldName, fieldKind, searchableBy, shownField, example], rows),
    look.more > 0 ? h('p', null, texts.moreFields(look.more)) : undefined,
    mayRead ? h('p', null, examplesLink(name, showsExamples, texts)) : undefined,
  );
}

function examplesLink(name: string, areShown: boolean, texts: Texts) {
  const page = hrefOf(`sources/${encodeURIComponent(name)}`);
  return areShown
    ? h('a', { href: page }, texts.maskExamples)
    : h('a', { href: `${page}?examples=1` }, texts.showExamples);
}

/** The form of a value, without the value: letters become x, digits 9. */
function masked(value: string): string {
  return value
    .replace(/\p{Lu}/gu, 'X')
    .replace(/(?!X)\p{L}/gu, 'x')
    .replace(/\p{N}/gu, '9');
}

function unlessLate(error: unknown): undefined {
  if (!(error instanceof DeadlineExceeded)) throw error;
}
