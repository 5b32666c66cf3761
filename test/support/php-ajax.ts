/** HelpSpot's AJAX selection field in PHP (`php/helpspot-ajax.php`) for tests. */
import * as z from 'zod';
import { runJobs } from './php-process.ts';

/** Latin-1 in base64. */
const latin1 = z.string().transform((text) => Buffer.from(text, 'base64').toString('latin1'));
const resultSchema = z.union([
  z.object({ error: z.string() }),
  z.object({
    status: z.number().optional(),
    options: z.array(z.object({ value: latin1, description: latin1 })),
  }),
]);

/** What HelpSpot read, or its error. `status` only over HTTP. */
export type AjaxResult = z.infer<typeof resultSchema>;

/** The client. Many calls in one go share one PHP process. */
export interface AjaxClient {
  /** `url` as it is configured in HelpSpot. */
  ask(url: string, parameters: Readonly<Record<string, string>>): Promise<AjaxResult>;
  /** Only reads answers, as HelpSpot would. */
  read(answers: readonly string[]): Promise<readonly AjaxResult[]>;
}

/** `php` is the path of the command. */
export function ajaxClient(php: string): AjaxClient {
  const run = async (jobs: readonly object[]) =>
    z.array(resultSchema).parse(await runJobs(php, 'helpspot-ajax.php', jobs));
  return {
    async ask(url, parameters) {
      const [result] = await run([{ mode: 'ask', url, parameters }]);
      if (result === undefined) throw new Error('helpspot-ajax.php gave no result');
      return result;
    },
    read: (answers) => run(answers.map((xml) => ({ mode: 'read', xml: Buffer.from(xml).toString('base64') }))),
  };
}
