/** The XML API, which every FogBugz has. */
import { SourceError } from '../../src/contract/index.ts';
import { type HttpAnswer, type HttpClient, readXml, SMALL_XML, xmlOrNothing } from '../../src/kit/http/index.ts';
import { outsideAddress, trimmedEnd } from '../../src/kit/text/index.ts';
import { beforehand, SingleFlight } from '../../src/kit/wait/index.ts';
import type { Command, Reply, Wire } from './commands.ts';
import { READ_STATUSES, Refusal, statusFailure, unexpected } from './failures.ts';
import { REPLY } from './xml-reply.ts';

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
  const singleFlight = new SingleFlight<string>();
  let known: string | undefined;
  const address = async (signal: AbortSignal): Promise<string> => {
    known ??= await singleFlight.join('api.xml', signal, (caller) => addressOf(client, url, caller.signal));
    return known;
  };
  return {
    async send(command, token, signal) {
      const path = await beforehand(address(signal));
      const { cmd, reads = false } = command;
      const how = { method: 'POST', repeatable: reads, expect: READ_STATUSES } as const;
      return await replyIn(await client.request({ ...how, path, ...bodyOf(command, token) }, signal), cmd, signal);
    },
  };
}

/** "Checking the API version and location": where the commands go. */
async function addressOf(client: HttpClient, url: string, signal: AbortSignal): Promise<string> {
  const answer = await client.request({ path: '/api.xml' }, signal);
  if (answer.text.length > SMALL_XML) throw unexpected('api.xml', 'at great length');
  const root = answer.xml();
  const number = (name: string) => Number(root.child(name)?.text.trim() || Number.NaN);
  const [version, minVersion] = [number('version'), number('minversion')];
  const place = outsideAddress(root.child('url')?.text.trim() ?? '', `${url}/`);
  if (root.name !== 'response' || Number.isNaN(version) || place === undefined) {
    throw unexpected('api.xml', 'without a version and an address');
  }
  if (version < OLDEST || minVersion > NEWEST) {
    const spoken = version < OLDEST ? `version ${version}` : `version ${minVersion} and later`;
    throw new SourceError('rejected', `FogBugz speaks ${spoken} of its API, and the gateway ${OLDEST} to ${NEWEST}`);
  }
  // "api.asp?", "api.php?", or "api.asp?id=xxxx&".
  return trimmedEnd(place.href, '?&');
}

/** A form; with files `multipart/form-data`: "Attachments", `File1`, `File2` …, and how many. */
function bodyOf({ cmd, params, files = [] }: Command, token: string | undefined) {
  const form: Record<string, string> = { cmd, ...(token === undefined ? {} : { token }) };
  for (const [name, value] of Object.entries(params)) form[name] = typeof value === 'string' ? value : value.join(',');
  if (files.length === 0) return { form };
  const multipart = new FormData();
  for (const [name, value] of Object.entries(form)) multipart.append(name, value);
  multipart.append('nFileCount', String(files.length));
  files.forEach(({ name, type, bytes }, index) => {
    const content = new Blob([Buffer.from(bytes ?? new Uint8Array())], { type });
    multipart.append(`File${index + 1}`, content, name);
  });
  return { multipart };
}

async function replyIn(answer: HttpAnswer, cmd: string, signal: AbortSignal): Promise<Reply> {
  const { status, text } = answer;
  // A page behind an error status is no answer of FogBugz.
  if (status >= 300 && xmlOrNothing(answer)?.name !== 'response') throw statusFailure(answer, cmd);
  const { error, reply } = await readXml(answer, REPLY, { text, cmd }, signal);
  if (error !== undefined) throw new Refusal(cmd, error.code, answer.quoted(error.text), error.people);
  if (status >= 300) throw statusFailure(answer, cmd);
  if (reply === undefined) throw unexpected(cmd, 'with XML that is not its own');
  return reply;
}
