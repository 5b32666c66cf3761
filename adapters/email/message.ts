/** One mail from one push. */
import { fillTemplate, type PushRequest } from '../../src/contract/index.ts';
import { isAddress, type Settings } from './settings.ts';
import { type Tags, tagsOf, withoutTags } from './tags.ts';

/** A mail, ready to be sent. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** With angle brackets. The same for the same push, so that a receiver can tell a repetition. */
  readonly messageId: string;
  /** Headers and body (RFC 5322), with CRLF. */
  readonly bytes: Uint8Array;
  /** What of its tags is not as it was given; without values. */
  readonly problems: readonly string[];
}

/** @throws {Error} only for a bug: every text has been made fit for a header before */
export async function composeMail(request: PushRequest, settings: Settings): Promise<Mail> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const { from, fromName, to, cc = [], replyTo, helpSpotTags } = settings;
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const messageId = `<${request.reference}@${domain}>`;
  const tags = tagsOf(helpSpotTags, request.values);
  const answersTo = fillTemplate(replyTo ?? '', (place) => request.values[place] ?? '').trim();
  const node = new MailComposer({
    from: fromName === undefined ? from : { name: oneLine(fromName), address: from },
    to,
    cc,
    ...(isAddress(answersTo) ? { replyTo: answersTo } : {}),
    messageId,
    subject: `${withoutTags(oneLine(request.title))}${tags.inSubject}`,
    text: bodyOf(request, tags),
    // Tells other machines not to answer with an absence note (RFC 3834, 5).
    headers: { 'Auto-Submitted': 'auto-generated' },
    attachments: request.files.flatMap(({ name, type, bytes }) =>
      bytes === undefined ? [] : [{ filename: oneLine(name), ...contentType(type), content: Buffer.from(bytes) }],
    ),
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const bytes = await node.build();
  return { from, to: [...to, ...cc], messageId, bytes, problems: tags.problems };
}

function bodyOf({ body, link }: PushRequest, { lines, problems }: Tags): string {
  const text = withoutTags(body.toWellFormed());
  const back = link === undefined || text.includes(link.href) ? '' : `${link.text}: ${link.href}`;
  // HelpSpot takes the tags out; this is what a person reads.
  const told = problems.length === 0 ? '' : `[${problems.join('; ')}]`;
  const tail = [back, told, lines.trimEnd()].filter((part) => part !== '').map((part) => `\n\n${part}`);
  return `${text}${tail.join('')}\n`;
}

// A type that is none would be a header of its own making.
function contentType(type: string): { contentType: string } | Record<string, never> {
  return /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(type) ? { contentType: type } : {};
}

function oneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .toWellFormed();
}
