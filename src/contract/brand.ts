/**
 * Makes `instanceof` know the errors of a class by a mark that they carry. An adapter package may bring a copy of the
 * contract of its own, and the command line has another in its bundle: whose copy made an error does not matter.
 * A class that is derived from it is known in the usual way.
 * @param name of the class, the same in every copy
 */
export function brand(type: { readonly prototype: object }, name: string): void {
  const mark = Symbol.for(`helpspot-gateway.${name}`);
  Object.defineProperty(type.prototype, mark, { value: true });
  Object.defineProperty(type, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this !== type) return Function.prototype[Symbol.hasInstance].call(this, value);
      return typeof value === 'object' && value !== null && mark in value;
    },
  });
}
