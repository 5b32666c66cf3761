/** Reads an answer of the XML API into plain data, as a thread can give it. */
import { readingXml, type XmlElement, type XmlReading, type XmlTask } from '../../src/kit/http/index.ts';
import { type CaseEvent, caseNumber, type FogBugzCase, type Reply } from './commands.ts';
import { unexpected } from './failures.ts';

/** FogBugz's own no. */
export interface ReadError {
  readonly code: string;
  readonly text: string;
  readonly people: readonly string[];
}

/** An error, a reply, or neither when the XML is not FogBugz's own. */
export interface ReadReply {
  readonly error?: ReadError;
  readonly reply?: Reply;
}

/** @throws {SourceError} `bad-response` for a case without a number */
export function readReply({ text, cmd }: { readonly text: string; readonly cmd: string }): XmlReading<ReadReply> {
  return readingXml(text, (root) => {
    if (root.name !== 'response') return {};
    const error = root.child('error');
    if (error === undefined) return { reply: replyOf(root, cmd) };
    const people = root.all('person').map((one) => one.text.trim());
    return { error: { code: error.attribute('code') ?? '?', text: error.text, people } };
  });
}

/** For `readXml`. */
export const REPLY: XmlTask<{ readonly text: string; readonly cmd: string }, ReadReply> = {
  module: 'adapters/fogbugz/xml-reply',
  name: 'readReply',
  run: readReply,
};

function replyOf(root: XmlElement, cmd: string): Reply {
  const projects = root.child('projects')?.children('project').length;
  return { token: root.child('token')?.text.trim(), cases: root.all('case').map((one) => caseOf(one, cmd)), projects };
}

/** `<case ixBug="123" operations="edit,assign"><sTitle>…</sTitle></case>` */
function caseOf(element: XmlElement, cmd: string): FogBugzCase {
  const id = caseNumber(element.attribute('ixBug') ?? element.child('ixBug')?.text);
  if (id === undefined) throw unexpected(cmd, 'with a case that has no number');
  const columns: Record<string, string> = Object.create(null);
  for (const child of element.children()) if (child.children().length === 0) columns[child.name] = child.text.trim();
  const tags = element.child('tags')?.children('tag') ?? [];
  const events = eventsOf(element.child('events'));
  const latest = eventsOf(element.child('latestEvent')).at(-1) ?? events.at(-1);
  return { id, columns, tags: tags.map(({ text }) => text.trim()), latest, events };
}

/** `<events><event ixBugEvent="2"><sPerson>…</sPerson><s>…</s><rgAttachments><attachment>…`; the latest one may stand alone. */
function eventsOf(list: XmlElement | undefined): readonly CaseEvent[] {
  if (list === undefined) return [];
  const all = list.children('event');
  return (all.length === 0 && list.name === 'latestEvent' ? [list] : all).map(eventOf);
}

function eventOf(event: XmlElement): CaseEvent {
  const textOf = (name: string) => event.child(name)?.text.trim() ?? '';
  const files = event.child('rgAttachments')?.children('attachment') ?? [];
  return {
    what: textOf('evtDescription') || textOf('sVerb'),
    at: textOf('dt'),
    person: textOf('sPerson'),
    text: textOf('s'),
    files: files.map((file) => ({
      name: file.child('sFileName')?.text.trim() ?? '',
      url: file.child('sURL')?.text.trim() ?? '',
    })),
  };
}
