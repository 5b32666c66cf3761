/**
 * The smallest adapter, to copy: it serves the records of a JSON file, an array
 * of flat objects. docs/adapter-guide.md leads on from here; `helpspot-gateway new-adapter` writes a whole package.
 */

import { readFile } from 'node:fs/promises';
import { defineAdapter, meets, SourceError, type SourceRecord } from 'helpspot-gateway/contract';
import * as z from 'zod';

/** 1. What the administrator writes under `sources:`, each key with a description. */
const settings = z.strictObject({
  file: z.string().min(1).describe('The JSON file. A relative path counts from the folder of the configuration file.'),
});

/** What the system sends is checked before it is believed. */
const answer = z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])));

export default defineAdapter({
  name: 'template',
  title: 'Template',
  settings,

  open({ file }, services) {
    const path = services.resolve(file);

    /** 2. One call to the system; every failure is a SourceError that says what to do. */
    async function load(signal: AbortSignal): Promise<readonly SourceRecord[]> {
      signal.throwIfAborted();
      const text = await readFile(path, { encoding: 'utf8', signal }).catch((cause: unknown) => {
        throw new SourceError('unreachable', `${path} cannot be read`, { cause, remedy: 'check "file"' });
      });
      const records = answer.safeParse(parsed(text));
      if (records.success) return records.data;
      throw new SourceError('bad-response', `${path} is not an array of flat objects`, { remedy: 'write it again' });
    }

    return {
      /** Nothing of what HelpSpot sends is read beside the criteria: equal questions of different people are asked once. */
      parameters: [],

      /** 3. The cheapest call that proves that the system can be reached. */
      async check({ signal }) {
        await load(signal);
      },

      /** 4. The search. A system that can search gets the criteria as data: bound parameters, never text in a query. */
      async find({ criteria, limit }, { signal }) {
        const records = await load(signal);
        return records.filter((record) => criteria.every((criterion) => meets(record, criterion))).slice(0, limit);
      },
    };
  },
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
