/** What runs in a worker thread: calls a function of a module, and says in plain data what became of it. */
import { pathToFileURL } from 'node:url';
import { SourceError, type SourceErrorKind, UserError } from '../../contract/index.ts';

/** What a thread is told to do. */
export interface Work {
  /** The file of the module. */
  readonly module: string;
  /** The function that it exports. */
  readonly name: string;
  readonly input: unknown;
}

/** What it answers. An error crosses as data, since its class would be lost. */
export type WorkResult<Value> =
  | { readonly value: Value; readonly failure?: undefined }
  | {
      readonly failure: {
        readonly type: 'SourceError' | 'UserError' | 'Missing' | 'Error';
        readonly message: string;
        readonly kind?: SourceErrorKind;
        readonly remedy?: string | undefined;
        readonly stack?: string | undefined;
      };
    };

/** Called by the pool for each piece of work. */
export default async function work({ module, name, input }: Work): Promise<WorkResult<unknown>> {
  try {
    const loaded: unknown = await import(pathToFileURL(module).href);
    const run: unknown = Reflect.get(Object(loaded), name);
    if (typeof run !== 'function') throw new Error(`${module} exports no function ${name}`);
    return { value: await run(input) };
  } catch (error) {
    if (error instanceof SourceError) {
      return { failure: { type: 'SourceError', message: error.message, kind: error.kind, remedy: error.remedy } };
    }
    if (error instanceof UserError) return { failure: { type: 'UserError', message: error.message } };
    const message = error instanceof Error ? error.message : String(error);
    if (isMissing(error)) return { failure: { type: 'Missing', message } };
    return { failure: { type: 'Error', message, stack: error instanceof Error ? error.stack : undefined } };
  }
}

/** Whether a file of the program is not there any more. */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return error.code === 'ERR_MODULE_NOT_FOUND' || error.code === 'MODULE_NOT_FOUND';
}
