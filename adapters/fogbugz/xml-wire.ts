/** The XML API, which every FogBugz has. */
import { SourceError } from '../../src/gateway/adapter.ts';
import type { HttpAnswer, HttpClient, XmlElement } from '../../src/upstream/http/client.ts';
import { xmlOrNothing } from '../../src/upstream/http/expected.ts';
import { Flights } from '../../src/upstream/http/flights.ts';
import { beforehand } from '../../src/upstream/retold.ts';
import { trimmedEnd } from '../../src/upstream/trimmed.ts';
import { type CaseEvent, type Command, caseNumber, type FogBugzCase, type Reply, type Wire } from './commands.ts';
import { READ_STATUSES, Refusal, statusFailure, unexpected } from './failures.ts';

/** FogBugz 6.0. What the gateway needs is in it. */
const OLDEST = 3;
/** The newest whose documentation this was written by. */
const NEWEST = 8;

/**
 * http://help.fogcreek.com/8202/xml-api: arguments are sent by POST, so that neither the token nor what a customer wrote
 * is in an address; with files as `multipart/form-data`.
 * @param url of FogBugz, without a slash at the end
 */
export function createXmlWire(client: HttpClient, url: string): Wire {
  const flights = new Flights<string>();
  let known: string | undefined;
  const address = async (signal: AbortSignal): Promise<string> => {
    known ??= await flights.join('api.xml', signal, (caller) => addressOf(client, url, caller.signal));
    return known;
  };
  return {
    async send(command, token, signal) {
      const path = await beforehand(address(signal));
      const body =
        command.files === undefined || command.files.length === 0 ? form(command, token) : parts(command, token);
      const { cmd, reads = false } = command;
      const answer = await client.request(
        { method: 'POST', path, ...body, repeatable: reads, expect: READ_STATUSES },
        signal,
      );
      return replyOf(rootOf(answer, cmd), cmd);
    },
  };
}

/** "Checking the API version and location": where the commands go. */
async function addressOf(client: HttpClient, url: string, signal: AbortSignal): Promise<string> {
  const root = (await client.request({ path: '/api.xml' }, signal)).xml();
  const number = (name: string) => Number(root.child(name)?.text.trim() || Number.NaN);
  const [version, minVersion] = [number('version'), number('minversion')];
  const place = root.child('url')?.text.trim() ?? '';
  if (root.name !== 'response' || Number.isNaN(version) || !URL.canParse(place, `${url}/`)) {
    throw unexpected('api.xml', 'without a version and an address');
  }
  if (version < OLDEST || minVersion > NEWEST) {
    const spoken = version < OLDEST ? `version ${version}` : `version ${minVersion} and later`;
    throw new SourceError('rejected', `FogBugz speaks ${spoken} of its API, and the gateway ${OLDEST} to ${NEWEST}`);
  }
  // "api.asp?", "api.php?", or "api.asp?id=xxxx&".
  return trimmedEnd(new URL(place, `${url}/`).href, '?&');
}

function form(command: Command, token: string | undefined) {
  return { form: Object.fromEntries(argumentsOf(command, token)) };
}

/** "Attachments": `File1`, `File2` …, and how many. */
function parts(command: Command, token: string | undefined) {
  const multipart = new FormData();
  for (const [name, value] of argumentsOf(command, token)) multipart.append(name, value);
  const files = command.files ?? [];
  multipart.append('nFileCount', String(files.length));
  files.forEach(({ name, type, bytes }, index) => {
    const content = new Blob([Buffer.from(bytes ?? new Uint8Array())], { type });
    multipart.append(`File${index + 1}`, content, name);
  });
  return { multipart };
}

function argumentsOf({ cmd, params }: Command, token: string | undefined): readonly [string, string][] {
  const given = Object.entries(params).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? value : value.join(','),
  ]);
  return [['cmd', cmd], ...(token === undefined ? [] : [['token', token] satisfies [string, string]]), ...given];
}

function rootOf(answer: HttpAnswer, cmd: string): XmlElement {
  if (answer.status >= 300 && !/^\s*</.test(answer.text)) throw statusFailure(answer, cmd);
  // A page of HTML behind an error status is no answer of FogBugz.
  const root = answer.status >= 300 ? xmlOrNothing(answer) : answer.xml();
  const error = root?.child('error');
  if (root?.name === 'response' && error !== undefined) {
    const people = root.all('person').map(({ text }) => text.trim());
    throw new Refusal(cmd, error.attribute('code') ?? '?', answer.quoted(error.text), people);
  }
  if (answer.status >= 300) throw statusFailure(answer, cmd);
  if (root?.name !== 'response') throw unexpected(cmd, 'with XML that is not its own');
  return root;
}

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
  const events = element.child('latestEvent') ?? element.child('events');
  return { id, columns, tags: tags.map(({ text }) => text.trim()), latest: latestOf(events) };
}

function latestOf(events: XmlElement | undefined): CaseEvent | undefined {
  const event = events?.all('event').at(-1) ?? events;
  if (event === undefined) return undefined;
  const textOf = (name: string) => event.child(name)?.text.trim() ?? '';
  return { what: textOf('evtDescription') || textOf('sVerb'), at: textOf('dt') };
}
