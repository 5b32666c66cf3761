/** What a site of Help Lightning holds, under the names of its API. */

/** A user, as `GET /api/v1r1/enterprise/users` gives him. */
export interface UserRow {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly username: string;
  readonly title: string;
  readonly location: string;
  readonly status_message: string;
  readonly role_name: string;
  readonly active: boolean;
  readonly created_at: string;
  readonly updated_at: string;
  /** With it anybody acts in his place. */
  readonly token: string;
}

/** A call, as `GET /api/v1/enterprise/calls` gives it. */
export interface CallRow {
  readonly session: string;
  readonly dialerId: string;
  readonly dialerName: string;
  readonly receiverId: string;
  readonly receiverName: string;
  /** Seconds. */
  readonly callDuration: number;
  /** Seconds since 1970; 0: not yet. */
  readonly timeCallStarted: number;
  readonly timeCallEnded: number;
  readonly timestamp: string;
  readonly reasonCallEnded: string;
  readonly recordingStatus: string;
  readonly intraEnterpriseCall: boolean;
  readonly has_attachments: boolean;
  readonly participants: readonly {
    readonly id: string;
    readonly name: string;
    readonly enterpriseId: string;
    readonly isAnonymous: boolean;
  }[];
  readonly tags: readonly { readonly id: number; readonly name: string }[];
}

/** An attachment of a call. */
export interface AttachmentRow {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Whoever has it gets the file. */
  readonly signed_url: string;
}

/** All of it. */
export interface SiteData {
  readonly users: UserRow[];
  /** The newest last. */
  readonly calls: CallRow[];
  readonly attachments: Map<string, readonly AttachmentRow[]>;
}

/** Monday, 2 November 2026, 09:00 UTC, in seconds. */
export const MORNING = Date.UTC(2026, 10, 2, 9) / 1000;
const HOUR = 3_600;
const TAGS = ['avoided-rollout', 'firsttime-fix', 'needs-callback'];

/** A user with the next ID. */
export function addUser(data: SiteData, parts: Partial<UserRow>): UserRow {
  const id = parts.id ?? 100 + data.users.length;
  const user: UserRow = {
    ...{ id, name: '', email: '', username: `user${id}`, title: '', location: '', status_message: '' },
    ...{ role_name: 'User', active: true, token: `token-of-user-${id}` },
    ...{ created_at: '2025-01-01T08:00:00', updated_at: '2026-01-01T08:00:00' },
    ...parts,
  };
  data.users.push(user);
  return user;
}

/** A call from one user to another, an hour behind the last. @param tags of {@link TAGS} */
export function addCall(
  data: SiteData,
  from: UserRow,
  to: UserRow,
  { tags = [], ...parts }: Partial<Omit<CallRow, 'tags'>> & { readonly tags?: readonly string[] } = {},
): CallRow {
  const { timeCallStarted = MORNING + data.calls.length * HOUR, callDuration = 340 } = parts;
  const asParticipant = ({ id, name }: UserRow) => ({
    id: String(id),
    name,
    enterpriseId: '54344',
    isAnonymous: false,
  });
  const call: CallRow = {
    ...{ session: `session-${1 + data.calls.length}`, callDuration, timeCallStarted },
    ...{ dialerId: String(from.id), dialerName: from.name, receiverId: String(to.id), receiverName: to.name },
    ...{ timeCallEnded: timeCallStarted + callDuration, timestamp: `${timeCallStarted}.25` },
    ...{ reasonCallEnded: 'hangup', recordingStatus: 'none', intraEnterpriseCall: true, has_attachments: false },
    ...{ participants: [asParticipant(from), asParticipant(to)] },
    ...parts,
    tags: tags.map((name) => ({ id: 1 + TAGS.indexOf(name), name })),
  };
  data.calls.push(call);
  return call;
}

/** Nobody. */
export function emptyData(): SiteData {
  return { users: [], calls: [], attachments: new Map() };
}

/** A small site: two who help, three customers, five calls. Made anew for each test. */
export function defaultData(): SiteData {
  const data = emptyData();
  const tina = addUser(data, { name: 'Tina Andrews', email: 'tina@example.com', role_name: 'Administrator' });
  const henry = addUser(data, { name: 'Henry Yount', email: 'henry@example.com' });
  const bob = addUser(data, { name: 'Bob Smith', email: 'bob.smith@example.com', title: 'Engineer' });
  const zoe = addUser(data, { name: 'Zoë Müller', email: 'zoe@example.com' });
  addUser(data, { name: 'Nora Nocall', email: 'nora@example.com' });
  addCall(data, tina, bob, { tags: ['firsttime-fix'], has_attachments: true });
  addCall(data, henry, zoe, { tags: ['avoided-rollout', 'needs-callback'] });
  addCall(data, bob, henry, { tags: ['needs-callback'] });
  addCall(data, zoe, tina);
  addCall(data, tina, bob, { callDuration: 0, timeCallEnded: 0, reasonCallEnded: '' });
  data.attachments.set('session-1', [
    { id: 'a1', name: 'pump.jpg', type: 'image', signed_url: 'https://files.example.com/pump?signature=secret' },
    { id: 'a2', name: 'call.mp4', type: 'recording', signed_url: 'https://files.example.com/call?signature=secret' },
  ]);
  return data;
}
