/** Push targets of a HelpSpot, and what the tests of them share. */
import { expect, onTestFinished } from 'vitest';
import helpspot from '../../../adapters/helpspot/index.ts';
import type { CallContext, PushRequest } from '../../../src/contract/index.ts';
import type { FaultTarget } from '../../support/fault-target.ts';
import type { StoredNote, StoredRequest } from '../../support/helpspot/data.ts';
import { type HelpSpotStandIn, startHelpSpot } from '../../support/helpspot/server.ts';
import { openTarget, type PushSource } from '../../support/push-source.ts';

/** Starts a HelpSpot for the test that is running. @param kept leaves its default requests and time events where they are */
export async function startDesk(): Promise<HelpSpotStandIn> {
  const desk = await startHelpSpot();
  onTestFinished(() => desk.close());
  return desk;
}

/** A target in it; new requests go into the category Bugs (2). */
export function targetIn(desk: HelpSpotStandIn, settings: object = {}): Promise<PushSource> {
  const { action } = Object(settings);
  const isNew = action === undefined || action === 'create';
  // Tests are quicker than people.
  const usual = { ...desk.settings, ...(isNew ? { category: 2 } : {}), requestsPerSecond: 1_000 };
  return openTarget(helpspot, { ...usual, ...settings });
}

/** A HelpSpot with a target in it. */
export async function openHelpSpot(settings: object = {}) {
  const desk = await startDesk();
  return { desk, target: await targetIn(desk, settings), http: desk.http, settings: { ...desk.settings, category: 2 } };
}

/** Requests that pushes have made, in order. */
export function madeIn(desk: HelpSpotStandIn): readonly StoredRequest[] {
  const made = desk.writes.filter(({ method }) => /^(?:private\.)?request\.create$/.test(method));
  return made.flatMap(({ xRequest }) => desk.data.requests.filter((request) => request.xRequest === xRequest));
}

/** The only one. */
export function onlyMade(desk: HelpSpotStandIn): StoredRequest & { readonly note: StoredNote } {
  const [request, ...others] = madeIn(desk);
  expect(others).toEqual([]);
  const note = request?.history.find(({ fInitial }) => fInitial);
  if (request === undefined || note === undefined) throw new Error('no request was made');
  return { ...request, note };
}

/** A request that is there. */
export function requestIn(desk: HelpSpotStandIn, xRequest: number): StoredRequest {
  const request = desk.data.requests.find((one) => one.xRequest === xRequest);
  if (request === undefined) throw new Error(`there is no request ${xRequest}`);
  return request;
}

/** The newest note of a request that is no line of its log. */
export function newestNote(desk: HelpSpotStandIn, xRequest: number): StoredNote | undefined {
  return requestIn(desk, xRequest).history.findLast(({ tNote }) => tNote !== '');
}

/** Every push with these fields. */
function withFields(target: PushSource, fields: Readonly<Record<string, string>>): PushSource {
  const given = (request: PushRequest): PushRequest => ({ ...request, fields: { ...fields, ...request.fields } });
  const { push, findPush } = target;
  return {
    ...target,
    push: (request: PushRequest, context: CallContext) => push(given(request), context),
    ...(findPush === undefined
      ? {}
      : { findPush: (request: PushRequest, context: CallContext) => findPush(given(request), context) }),
  };
}

interface Deed {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
  made(desk: HelpSpotStandIn): number;
  /** The number of the request; left out: of the one that was made. */
  readonly id?: string;
}

const DEEDS: readonly Deed[] = [
  { action: 'create', fields: {}, made: (desk) => madeIn(desk).length },
  {
    action: 'update',
    fields: { request: '12401' },
    id: '12401',
    made: (desk) => requestIn(desk, 12_401).history.filter(({ tNote }) => tNote.includes('Reference: hs-')).length,
  },
  {
    action: 'time',
    fields: { request: '12401', person: '2', time: '2:15' },
    id: '12401',
    made: (desk) => desk.data.timeEvents.filter(({ tDescription }) => tDescription.includes('(hs-')).length,
  },
];

const ERROR = (id: number, description: string) => ({ status: 400, body: { error: { id, description } } });

const faultsOf = ({ action, fields, made, id }: Deed): FaultTarget => ({
  name: `HelpSpot (${action})`,
  adapter: helpspot,
  async open() {
    const { desk, target, http } = await openHelpSpot({
      action,
      ...(action === 'create' ? {} : { category: undefined }),
    });
    const receipt = () => {
      const number = id ?? String(madeIn(desk)[0]?.xRequest);
      return { id: number, link: `${desk.url}/admin?pg=request&reqid=${number}` };
    };
    return { target: withFields(target, fields), http, made: () => made(desk), receipt };
  },
  settings: (url) => ({ url, token: 'a', category: 2 }),
  more: [
    [{ body: { xRequest: '0' } }, { kind: 'bad-response' }],
    [{ body: { xRequest: '../x' } }, { kind: 'bad-response' }],
    [ERROR(1, 'Authentication information not sent'), { kind: 'unauthorized' }],
    [ERROR(2, 'User authentication failed'), { kind: 'unauthorized' }],
    [ERROR(3, 'Too many failed login attempts.'), { kind: 'rate-limited', unsent: true, retryAfterMs: 60_000 }],
    [ERROR(302, 'Maintenance mode enabled'), { kind: 'unreachable', unsent: true }],
    [ERROR(301, 'Trial expired'), { kind: 'rejected', lasting: true }],
    [
      { status: 400, body: { reply: 'Private API not enabled' } },
      { kind: 'rejected', lasting: true },
    ],
    ...[101, 102, 103, 104, 105, 201, 202, 203, 204, 205, 206, 207, 209, 210, 211, 212, 213].map(
      (error) => [ERROR(error, `No ${error}`), { kind: 'rejected', said: `No ${error}` }] as const,
    ),
  ],
});

/** For the table of faults. */
export const helpSpotFaults = DEEDS.map(faultsOf);
