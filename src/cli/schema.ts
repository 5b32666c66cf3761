/** `helpspot-gateway schema`: the JSON Schema of the configuration, for editors. */
import { adapters } from '../../adapters/index.ts';
import { jsonSchema } from '../config/json-schema.ts';
import type { Terminal } from './terminal.ts';

/** Prints the schema. @returns the exit status, 0 */
export async function schema(terminal: Terminal): Promise<number> {
  terminal.stdout.write(`${JSON.stringify(await jsonSchema(adapters), null, 2)}\n`);
  return 0;
}
