/** Reads the answer of an AJAX selection field with a strict XML parser. */
import { SaxesParser } from 'saxes';

/** One option, as it stands in the answer. */
export interface ReadOption {
  readonly value: string;
  readonly description: string;
}

/** @throws Error for anything that is no well-formed `<ajaxfield>` of options with one value and one description (manual, chapter 3.2). */
export function readOptions(xml: string): readonly ReadOption[] {
  const options: Record<string, string>[] = [];
  const path: string[] = [];
  let text = '';
  const parser = new SaxesParser({ xmlns: false });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (Object.keys(attributes).length > 0) throw new Error(`<${name}> has attributes`);
    const wanted = [['ajaxfield'], ['option'], ['value', 'description']][path.length] ?? [];
    if (!wanted.includes(name)) throw new Error(`<${name}> within <${path.join('>')}>`);
    path.push(name);
    text = '';
    if (name === 'option') options.push({});
  });
  parser.on('text', (chunk) => {
    if (path.length === 3) text += chunk;
    else if (chunk.trim() !== '') throw new Error(`text outside values: ${chunk}`);
  });
  parser.on('closetag', ({ name }) => {
    const option = options.at(-1);
    if (path.length === 3 && option !== undefined) {
      if (Object.hasOwn(option, name)) throw new Error(`a second <${name}>`);
      option[name] = text;
    }
    path.pop();
  });
  parser.write(xml).close();
  return options.map(({ value, description }) => {
    if (value === undefined || description === undefined) throw new Error('an option without a value or a description');
    return { value, description };
  });
}
