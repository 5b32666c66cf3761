/** The fields of a source: kind, how searchable, and what a value looks like. */
import { h } from 'preact';
import { mayDo, type SourcePlan } from '../../../gateway/plan.ts';
import { shownFields } from '../../../gateway/sources/shown-fields.ts';
import { changed } from '../changed.ts';
import { dataTable, hrefOf, notice, section } from '../page.ts';
import type { Texts } from '../texts/en.ts';
import type { Visit } from '../visit.ts';

export async function fieldsSection(visit: Visit, { name, adapter, settings }: SourcePlan) {
  const { gateway, texts, query, user, signal } = visit;
  if (adapter.finds === false || adapter.cannotFind?.(settings) !== undefined) {
    return section(texts.sourceFields, h('p', null, texts.pushesOnly));
  }
  const mayRead = mayDo(user.role, 'administrator');
  const showsExamples = mayRead && query.get('examples') === '1';
  const look = await shownFields(gateway, name, { withExamples: showsExamples, signal });
  if (look === undefined) return section(texts.sourceFields, notice('warning', texts.fieldsUnknown));
  // What customers are like is looked at: that is told, as a change is.
  if (showsExamples) changed(visit, { what: 'source.examples', of: name });
  const rows = look.fields.map(({ name: field, kind, searchable, shown, example }) => {
    const ways = searchable === undefined ? texts.unknownYet : searchable.join(', ') || texts.notSearchable;
    return [field, kind, ways, shown === false ? texts.no : texts.yes, example];
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
