/** Reads a Live Lookup answer with a strict XML parser, into what HelpSpot makes of it. */
import { SaxesParser } from 'saxes';

/** An answer as HelpSpot sees it. */
export interface ReadLookup {
  /** Undefined when the answer leaves the choice to HelpSpot. */
  readonly columns: string[] | undefined;
  /** One flat name → text map for each `<customer>`; of two children with one name the last survives. */
  readonly customers: Record<string, string>[];
}

/** @throws Error for anything that is no well-formed `<livelookup>` of flat customers. */
export function readLookup(xml: string): ReadLookup {
  const customers: Record<string, string>[] = [];
  const path: string[] = [];
  let columns: string[] | undefined;
  let text = '';
  let root: string | undefined;
  // Namespaces as HelpSpot's parser takes them: not at all, a colon is part of a name.
  const parser = new SaxesParser({ xmlns: false });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    const parent = path.at(-1);
    path.push(tag.name);
    text = '';
    if (path.length === 1) {
      root = tag.name;
      columns = tag.attributes['columns']?.split(',').map((column) => column.trim());
      if (tag.attributes['version'] !== '1.0') throw new Error('livelookup has no version="1.0"');
    }
    if (path.length === 2) {
      if (tag.name !== 'customer') throw new Error(`<${tag.name}> beside the customers`);
      customers.push(Object.create(null));
    }
    if (path.length > 3) throw new Error(`<${tag.name}> within <${parent}>: a field is text`);
  });
  parser.on('text', (chunk) => {
    if (path.length === 3) text += chunk;
    else if (chunk.trim() !== '') throw new Error(`text outside fields: ${chunk}`);
  });
  parser.on('cdata', (chunk) => {
    text += chunk;
  });
  parser.on('closetag', (tag) => {
    const customer = customers.at(-1);
    if (path.length === 3 && customer !== undefined) customer[tag.name] = text;
    path.pop();
  });
  parser.write(xml).close();
  if (root !== 'livelookup') throw new Error(`the root is ${root}`);
  return { columns, customers };
}
