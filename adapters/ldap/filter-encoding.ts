/** Filters as the library writes them on the wire. */
import {
  AndFilter,
  ApproximateFilter,
  EqualityFilter,
  ExtensibleFilter,
  type Filter,
  GreaterThanEqualsFilter,
  LessThanEqualsFilter,
  NotFilter,
  OrFilter,
  PresenceFilter,
  SubstringFilter,
} from 'ldapts';
import type { FilterNode, FilterValue } from './filter.ts';

/** The same filter for a search request. */
export function encodable(node: FilterNode): Filter {
  switch (node.kind) {
    case 'and':
      return new AndFilter({ filters: node.parts.map(encodable) });
    case 'or':
      return new OrFilter({ filters: node.parts.map(encodable) });
    case 'not':
      return new NotFilter({ filter: encodable(node.part) });
    case 'equal':
      return new EqualityFilter({ attribute: node.attribute, value: node.value });
    case 'atLeast':
      return new GreaterThanEqualsFilter({ attribute: node.attribute, value: textOf(node.value) });
    case 'atMost':
      return new LessThanEqualsFilter({ attribute: node.attribute, value: textOf(node.value) });
    case 'approximate':
      return new ApproximateFilter({ attribute: node.attribute, value: textOf(node.value) });
    case 'present':
      return new PresenceFilter({ attribute: node.attribute });
    case 'substring':
      return new SubstringFilter({
        attribute: node.attribute,
        initial: node.initial,
        any: [...node.any],
        final: node.final,
      });
    case 'extensible':
      return new ExtensibleFilter({
        matchType: node.attribute,
        rule: node.rule,
        dnAttributes: node.inDn,
        value: node.value,
      });
  }
}

/** The library compares only equality with bytes; an order of bytes makes no sense to a directory either. */
function textOf(value: FilterValue): string {
  return typeof value === 'string' ? value : value.toString();
}
