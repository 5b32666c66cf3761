/** Search filters as data (RFC 4511, 4.5.1.7). What is said here goes over the wire as bytes: no text of a filter is ever put together. */

/** A value of a filter: text, or bytes for what a directory keeps as bytes. */
export type FilterValue = string | Buffer;

/** A filter. */
export type FilterNode =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly part: FilterNode }
  | {
      readonly kind: 'equal' | 'atLeast' | 'atMost' | 'approximate';
      readonly attribute: string;
      readonly value: FilterValue;
    }
  | { readonly kind: 'present'; readonly attribute: string }
  | {
      readonly kind: 'substring';
      readonly attribute: string;
      /** Empty: the value may begin with anything. */
      readonly initial: string;
      readonly any: readonly string[];
      /** Empty: the value may end with anything. */
      readonly final: string;
    }
  | {
      readonly kind: 'extensible';
      readonly attribute: string;
      readonly rule: string;
      readonly inDn: boolean;
      readonly value: string;
    };

/** All of them. One alone stands for itself. */
export function and(parts: readonly FilterNode[]): FilterNode {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'and', parts };
}

/** Any of them. One alone stands for itself; those of another `or` stand beside the others. */
export function or(some: readonly FilterNode[]): FilterNode {
  const parts = some.flatMap((part) => (part.kind === 'or' ? part.parts : [part]));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'or', parts };
}

/** The attribute has this value. */
export function equal(attribute: string, value: FilterValue): FilterNode {
  return { kind: 'equal', attribute, value };
}

/** The attribute has a value that begins with `initial` and goes on with `any`, in this order. */
export function substring(attribute: string, initial: string, any: readonly string[] = []): FilterNode {
  return { kind: 'substring', attribute, initial, any, final: '' };
}

/** The attribute has a value from `from` to `to`, both included, in the order of its schema. */
export function between(attribute: string, from: string, to: string): FilterNode {
  return and([
    { kind: 'atLeast', attribute, value: from },
    { kind: 'atMost', attribute, value: to },
  ]);
}

/** The attribute has a value. */
export function present(attribute: string): FilterNode {
  return { kind: 'present', attribute };
}
