/**
 * The classic Campfire of HelpSpot's sample (manual, chapter 2.5), as its early clients met it
 * (https://github.com/collectiveidea/tinder, before version 1.3): a browser's session.
 */
import { type Received, type Reply, type StandIn, startStandIn } from '../http/stand-in.ts';

/** A Campfire that runs. */
export interface ClassicCampfire {
  readonly url: string;
  /** Of a source of the adapter. */
  readonly settings: object;
  /** What was said in room 182650. */
  readonly messages: { readonly text: string; readonly paste: boolean }[];
  /** How often somebody signed in. */
  logins: number;
  /** Ends every session. */
  forgetSessions(): void;
  readonly standIn: StandIn;
}

const ACCOUNT = { email: 'bot@example.com', password: 'correct horse' };
const ROOM = '182650';

/** Starts a Campfire with one account and one room. */
export async function startClassicCampfire(): Promise<ClassicCampfire> {
  const sessions = new Set<string>();
  const standIn = await startStandIn((request) => answer(request, campfire, sessions));
  const campfire: ClassicCampfire = {
    url: standIn.url,
    settings: { api: 'classic', url: standIn.url, room: ROOM, ...ACCOUNT },
    messages: [],
    logins: 0,
    forgetSessions: () => sessions.clear(),
    standIn,
  };
  return campfire;
}

function answer(request: Received, campfire: ClassicCampfire, sessions: Set<string>): Reply {
  const { method, path } = request;
  if (method === 'POST' && path === '/login') return login(request, campfire, sessions);
  const session = /(?:^|; )_campfire=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
  if (!sessions.has(session)) return { status: 302, headers: { location: `${request.url.origin}/login` } };
  if (path === `/room/${ROOM}`) return { body: '<html><title>Room</title></html>' };
  if (method !== 'POST' || path !== `/room/${ROOM}/speak`) return { status: 404, body: 'no such page' };
  const form = new URLSearchParams(request.text());
  const text = form.get('message') ?? '';
  if (text.trim() === '') return { status: 422 };
  campfire.messages.push({ text, paste: form.get('paste') === 'true' });
  const script = `chat.insert("<tr id=\\"message_${5_000 + campfire.messages.length}\\">")`;
  return { headers: { 'content-type': 'text/javascript; charset=utf-8' }, body: script };
}

function login(request: Received, campfire: ClassicCampfire, sessions: Set<string>): Reply {
  const form = new URLSearchParams(request.text());
  if (form.get('email_address') !== ACCOUNT.email || form.get('password') !== ACCOUNT.password) {
    return { status: 302, headers: { location: `${request.url.origin}/login` } };
  }
  campfire.logins += 1;
  const session = `s${campfire.logins}`;
  sessions.add(session);
  const cookie = `_campfire=${session}; expires=Wed, 21 Oct 2037 07:28:00 GMT; path=/; HttpOnly`;
  return { status: 302, headers: { location: `${request.url.origin}/`, 'set-cookie': cookie } };
}
