/** The HelpSpot client in PHP (`php/helpspot.php`) for tests. */
import * as z from 'zod';
import { type Availability, requireCommand } from './packages.ts';
import { hasExtensions, runJobs } from './php-process.ts';

/** One call as HelpSpot makes it. */
export type PhpCall =
  /** `url` as it is configured in HelpSpot, with or without a query string. */
  | { readonly mode: 'get' | 'post'; readonly url: string; readonly parameters: Readonly<Record<string, string>> }
  /** `command` as it is configured in HelpSpot: a shell command, maybe with arguments. Named from 5.3.0, positional before. */
  | {
      readonly mode: 'named' | 'positional';
      readonly command: string;
      readonly parameters: Readonly<Record<string, string>>;
    };

const resultSchema = z.union([
  z.object({ error: z.string(), status: z.number().optional(), body: z.string().optional() }),
  z.object({
    status: z.number().optional(),
    columns: z.array(z.string()).nullable(),
    customers: z.array(z.record(z.string(), z.string())),
  }),
]);

/** What HelpSpot read, or its error. `status` only over HTTP; `columns` null when the answer has none. */
export type PhpResult = z.infer<typeof resultSchema>;

/** The client. Many calls in one go share one PHP process. */
export interface PhpClient {
  lookup(call: PhpCall): Promise<PhpResult>;
  lookups(calls: readonly PhpCall[]): Promise<readonly PhpResult[]>;
  /** Only reads answers, as HelpSpot would. */
  read(answers: readonly string[]): Promise<readonly PhpResult[]>;
}

/** Whether PHP with its XML extension is here; installed where that is possible (see {@link requireCommand}). */
export function requirePhp(): Promise<Availability> {
  return requireCommand(
    'php',
    ['php-cli', 'php-xml'],
    'answers are read with PHP as HelpSpot reads them',
    hasExtensions('xml'),
  );
}

/** `php` is the path of the command. */
export function phpClient(php: string): PhpClient {
  const run = async (jobs: readonly object[]) => z.array(resultSchema).parse(await runJobs(php, 'helpspot.php', jobs));
  const lookups = (calls: readonly PhpCall[]) => run(calls);
  return {
    lookups,
    async lookup(call) {
      const [result] = await lookups([call]);
      if (result === undefined) throw new Error('helpspot.php gave no result');
      return result;
    },
    read(answers) {
      const jobs = answers.map((xml) => ({ mode: 'read', xml: Buffer.from(xml, 'utf8').toString('base64') }));
      return run(jobs);
    },
  };
}
