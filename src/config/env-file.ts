/** `.env` beside the configuration: what `${NAME}` stands for where the environment does not say it. */
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { LIMITS } from './defaults.ts';
import { readTextFile } from './files.ts';

/** The name of the file, in the folder of the configuration. */
export const ENV_FILE = '.env';

/** The variables of a configuration. */
export interface Variables {
  /** The environment comes first, then the file. Undefined when neither has it. */
  value(name: string): string | undefined;
  /** Why the file cannot be read though it is there, as the rest of a sentence; undefined where that is not so. */
  readonly trouble: string | undefined;
}

/** Reads `.env` of a folder when a variable is first missing: most configurations have none, and a Live Lookup is in a hurry. */
export function variablesOf(folder: string, environment: NodeJS.ProcessEnv): Variables {
  let file: EnvFile | undefined;
  const read = () => {
    file ??= readEnvFile(folder);
    return file;
  };
  return {
    value(name) {
      if (Object.hasOwn(environment, name)) return environment[name];
      const { values } = read();
      return Object.hasOwn(values, name) ? values[name] : undefined;
    },
    get trouble() {
      return read().trouble;
    },
  };
}

interface EnvFile {
  readonly values: NodeJS.Dict<string>;
  readonly trouble: string | undefined;
}

function readEnvFile(folder: string): EnvFile {
  const content = readTextFile(join(folder, ENV_FILE), LIMITS.secretFileBytes);
  // As Node.js reads such a file (`node --env-file`).
  if ('text' in content) return { values: parseEnv(content.text), trouble: undefined };
  const isThere = content.mistake !== 'does not exist';
  return { values: {}, trouble: isThere ? `${ENV_FILE} beside the configuration ${content.mistake}` : undefined };
}
