/** Side by side for each customer: what the sources gave, by which rule, what came of it, and the XML. */
import { type ComponentChild, h } from 'preact';
import type { MadeField, RawRecord, RawValue } from '../../../../gateway/outcome.ts';
import { cutText } from '../../../../helpspot/cut.ts';
import type { LookupElements } from '../../../../helpspot/lookup-xml.ts';
import { elementXml } from '../../../../helpspot/xml-writer.ts';
import { dataTable, section } from '../../page.ts';
import type { Texts } from '../../texts/en.ts';
import { hidingSecrets } from '../../visible.ts';
import type { Visit } from '../../visit.ts';

/** Of an element, characters that are shown; the whole document stands above. */
const XML_SHOWN = 400;

/** A table for each of the customers, that of the first open. */
export function drawnMade(
  made: readonly MadeField[],
  records: readonly RawRecord[],
  elements: LookupElements,
  visit: Pick<Visit, 'gateway' | 'texts'>,
): ComponentChild {
  if (made.length === 0) return undefined;
  const { texts } = visit;
  const heads = [texts.field, texts.rawColumn, texts.rule, texts.madeValue, 'XML'];
  const customers = [...new Set(made.map(({ customer }) => customer))];
  const parts = customers.map((customer) => {
    const caption = texts.madeOf(String(customer + 1));
    const rows = made
      .filter((one) => one.customer === customer)
      .map((one) => [
        one.element,
        one.from.length === 0 ? '–' : one.from.map((from) => h('div', null, rawValue(from, texts))),
        one.rule === '' ? h('em', null, texts.ownName) : h('code', null, hidingSecrets(visit, one.rule)),
        one.value ?? h('em', { class: 'warn' }, one.why),
        xmlOf(one, elements),
      ]);
    const unused = records
      .filter((one) => one.customer === customer && one.related === undefined)
      .flatMap(({ source, fields }) =>
        fields.filter(({ isUnused }) => isUnused).map(({ name }) => `${source}: ${name}`),
      );
    return h(
      'details',
      { open: customer === customers[0] },
      h('summary', null, caption),
      h('div', { class: 'made' }, dataTable(caption, heads, rows)),
      unused.length === 0
        ? undefined
        : h(
            'p',
            null,
            texts.unusedColumns,
            unused.map((name) => [' ', h('code', null, name)]),
          ),
    );
  });
  return section(texts.made, ...parts);
}

function rawValue({ source, column, state, value }: RawValue, texts: Texts): ComponentChild {
  if (state === 'absent' || source === undefined) return h('em', null, texts.noColumn(column));
  const name = h('code', null, `${source}: ${column}`);
  switch (state) {
    case 'given':
      return [name, ' = ', value];
    case 'empty':
      return [name, ' ', h('em', null, texts.emptyColumn)];
    case 'hidden':
      return [name, ' ', h('em', null, texts.notVisible)];
    case 'related':
      return [name, ' ', h('em', null, texts.relatedRecordsOf)];
  }
}

/** The element as it stands in the document; one that is empty does not. */
function xmlOf({ customer, element }: MadeField, { customers, places, names }: LookupElements): ComponentChild {
  const name = names.get(element) ?? element;
  const value = customers[places.indexOf(customer)]?.get(name);
  return value === undefined ? '–' : h('code', null, cutText(elementXml(name, value), XML_SHOWN));
}
