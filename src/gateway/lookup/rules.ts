/** The rule of an element in the words of the configuration, on one line. */
import type { ContentPlan, FieldPlan } from './plan.ts';

/** `from: mail, work_mail`, `value: {{first}} {{last}}`, `first: contracts; default: none`. */
export function ruleOf({ content, when = [], otherwise }: Omit<FieldPlan, 'element' | 'visibleTo'>): string {
  const rules = [contentRule(content)];
  if (when.length > 0) rules.push(`when: ${[...new Set(when.map(({ field }) => field))].join(', ')}`);
  // Of records `empty` is the usual word; `default` means the same there.
  const word = HAS_EMPTY.has(content.kind) ? 'empty' : 'default';
  if (otherwise !== undefined) rules.push(`${word}: ${otherwise}`);
  return rules.join('; ');
}

const HAS_EMPTY: ReadonlySet<ContentPlan['kind']> = new Set(['table', 'lines', 'first']);

function contentRule(content: ContentPlan): string {
  switch (content.kind) {
    case 'field': {
      const { from, html, date, list } = content;
      const more = [
        ...(html ? ['html: true'] : []),
        ...(date === 'iso' ? [] : [`date: ${date}`]),
        ...(list === 'comma' ? [] : [`list: ${list}`]),
      ];
      return [`from: ${from.join(', ')}`, ...more].join('; ');
    }
    case 'template':
      return `value: ${content.template}`;
    case 'html':
      return `html: ${content.template}`;
    case 'link':
      return `link: ${content.href}; text: ${content.text}`;
    case 'drillDown':
      return `drillDown: ${content.levels.join(' / ')}`;
    case 'checkbox':
      return `checkbox: ${content.from}`;
    case 'table': {
      const columns = content.columns.map(({ heading, content: own }) => `${heading} (${contentRule(own)})`);
      return [`table: ${content.related}`, ...(columns.length === 0 ? [] : [`columns: ${columns.join(', ')}`])].join(
        '; ',
      );
    }
    case 'lines':
      return `lines: ${content.related}; value: ${contentRule(content.value.content)}`;
    case 'first':
      return `first: ${content.related}; value: ${contentRule(content.value.content)}`;
    case 'count':
    case 'exists':
      return `${content.kind}: ${content.related}`;
    case 'hidden':
      return 'hidden';
  }
}
