/** `helpspot-gateway schema`: the JSON Schema of the configuration, for editors; with the adapters of other people that it names. */
import { adapters } from '../../adapters/index.ts';
import { jsonSchema } from '../config/json-schema.ts';
import { outsideAdapters } from '../config/load.ts';
import type { Terminal } from './terminal.ts';

/** Prints the schema. @returns the exit status, 0 */
export async function schema(file: string, terminal: Terminal): Promise<number> {
  const all = { ...adapters, ...(await outsideAdapters(file, adapters, terminal.environment)) };
  terminal.stdout.write(`${JSON.stringify(await jsonSchema(all), null, 2)}\n`);
  return 0;
}
