/** What belongs to an issue and is made after it: the link back and the attachments. */
import type { CallContext, Log, PushFile, PushRequest } from '../../src/contract/index.ts';
import { shortLine } from '../../src/kit/text/index.ts';
import type { Jira } from './server.ts';
import { legalLine } from './text.ts';
import type { Attachment } from './wire.ts';

/**
 * Makes what is missing. The issue is there, so a failure here is no failure of the push: it is in the log.
 * @param present attachments that the issue has already
 */
export async function completeIssue(
  jira: Jira,
  key: string,
  request: PushRequest,
  present: readonly Attachment[],
  context: CallContext,
  log: Log,
): Promise<void> {
  const { link, title, files } = request;
  const missing = files.filter(({ bytes }) => bytes !== undefined).filter((file) => !isPresent(file, present));
  const steps: readonly [string, () => Promise<void>][] = [
    ...(link === undefined
      ? []
      : [['its link back', () => jira.linkBack(key, link, shortLine(legalLine(title), 255), context)] as const]),
    ...missing.map((file) => ['an attachment', () => jira.attach(key, named(file), context)] as const),
  ].map(([what, make]) => [what, make]);
  for (const [what, make] of steps) {
    if (context.signal.aborted) return;
    try {
      await make();
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      log.warn({ issue: key, problem, reference: context.reference }, `an issue is made, but ${what} is not`);
    }
  }
}

function isPresent(file: PushFile, present: readonly Attachment[]): boolean {
  const { name, bytes } = named(file);
  return present.some(({ filename, size }) => filename === name && size === bytes?.byteLength);
}

/** A name that is one: https://support.atlassian.com/jira-software-cloud/ names no more than 255 characters, and no folder. */
function named(file: PushFile): PushFile {
  const name = shortLine(legalLine(file.name).replace(/[/\\:*?"<>|]/g, '_'), 200);
  return { ...file, name: name === '' ? 'attachment' : name };
}
