/** The answers to what is asked of a CCAI Platform: lists, trees and single records. */
import type { Received, Reply } from '../http/stand-in.ts';
import type { CcaiAccount } from './account.ts';
import { refusal } from './faults.ts';
import type { CcaiHouse } from './habits.ts';
import * as lists from './lists.ts';
import {
  isWithin,
  LARGEST_PAGE,
  type ListParameters,
  oneOf,
  type Question,
  readQuestion,
  Wrong,
  whole,
} from './parameters.ts';
import type { Records, Row } from './records.ts';

/** A list of records with its parameters. */
interface List {
  readonly records: Records;
  readonly parameters: ListParameters;
  /** Calls and chats, in which something changes all the time. */
  readonly moves: boolean;
}

function listOf(account: CcaiAccount, name: string): List | undefined {
  switch (name) {
    case 'calls':
      return { records: account.calls, parameters: lists.CALLS, moves: true };
    case 'chats':
      return { records: account.chats, parameters: lists.CHATS, moves: true };
    case 'agents':
      return { records: account.agents, parameters: lists.AGENTS, moves: false };
    case 'agent_activity_logs':
      return { records: account.activity, parameters: lists.ACTIVITY_LOGS, moves: false };
    case 'teams':
      return { records: account.teams, parameters: lists.TEAMS, moves: false };
    case 'menus':
      return { records: account.menus, parameters: lists.MENUS, moves: false };
    default:
      return undefined;
  }
}

/** @param path below the root of the API: `calls`, `menus/1693` */
export function answerTo(ccai: CcaiHouse, request: Received, path: string): Reply {
  const { account } = ccai;
  const read = (parameters: ListParameters): Question => {
    const question = readQuestion(request.query, parameters, ccai.includesBounds);
    for (const name of question.unknown) ccai.unknown.add(`${path} ${name}`);
    return question;
  };
  const plain = (body: object): Reply => {
    read(lists.PLAIN);
    return { body };
  };
  try {
    const list = listOf(account, path);
    if (list !== undefined) return page(ccai, request, path, list, read(list.parameters));
    switch (path) {
      case 'agents/current_status':
        return plain(account.agentsNow);
      case 'menus/current_status':
        return plain(account.menusNow);
      case 'user_statuses':
        return plain(account.statuses);
      case 'teams/tree':
        return plain(lists.treeOf(kept(account.teams), ['assignees']));
      case 'menus/tree': {
        const { isMet } = read(lists.MENU_TREE);
        const assignments = ['agent_assignments', 'team_assignments'];
        return { body: lists.treeOf(kept(account.menus).filter(isMet), assignments) };
      }
      case 'menus/sla':
        return { body: account.sla[channelOf(request)] };
      case 'menus/sla_by_queue_groups':
        return { body: account.slaOfGroups[channelOf(request)] };
      default:
        return one(ccai, path, () => read(lists.ONE));
    }
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    return refusal(422, error.message);
  }
}

/** A menu comes in a list of one, as the document shows it; a team comes alone. */
function one({ account, givesOne }: CcaiHouse, path: string, read: () => Question): Reply {
  const [name = '', id = '', ...rest] = path.split('/');
  const list = listOf(account, name);
  const isThere = name === 'menus' || name === 'teams' || (givesOne && list?.moves === true);
  if (list === undefined || !isThere || rest.length > 0) return refusal(404);
  const row = list.records.get(whole('id', id));
  if (row === undefined || !read().isMet(row)) return refusal(404);
  return { body: name === 'menus' ? [row] : row };
}

function channelOf({ query }: Received): 'call' | 'chat' {
  const channel = oneOf('channel', query.get('channel'), lists.CHANNELS);
  const minutes = query.get('minutes');
  if (minutes === null || minutes === '') throw new Wrong('minutes is required');
  whole('minutes', minutes);
  return channel === 'chat' ? 'chat' : 'call';
}

function kept(records: Records): readonly Row[] {
  return records.rows().filter(({ deleted }) => deleted !== true);
}

function page(ccai: CcaiHouse, { url }: Received, name: string, list: List, asked: Question): Reply {
  const isPaged = !ccai.unpaged.has(name);
  const at = isPaged ? asked.page : 1;
  const per = isPaged ? asked.per : LARGEST_PAGE;
  const ids = idsOf(list, { ...asked, sort: ccai.unsorted.has(name) ? undefined : asked.sort }, ccai);
  const body = ids.slice((at - 1) * per, at * per).flatMap((id) => list.records.get(id) ?? []);
  const links = isPaged && ccai.givesLink ? linksTo(url, at, Math.max(1, Math.ceil(ids.length / per))) : '';
  return {
    headers: {
      ...(ccai.givesTotal ? { total: String(ids.length), 'per-page': String(per) } : {}),
      ...(links === '' ? {} : { link: links }),
    },
    body,
  };
}

/** What is met, in order. Only where a filter or a column needs them the records are made. */
function idsOf({ records, moves }: List, asked: Question, ccai: CcaiHouse): readonly number[] {
  const { updated, isFiltered, isMet, sort } = asked;
  const column = sort?.column ?? (moves && ccai.order === 'updated_at' ? 'updated_at' : 'id');
  const down = sort?.down ?? (moves && ccai.order === 'newest');
  let ids = column === 'updated_at' ? records.idsByUpdate() : records.ids();
  if (Number.isFinite(updated.from) || Number.isFinite(updated.to)) {
    ids = ids.filter((id) => isWithin(records.updatedAt(id), updated, ccai.includesBounds));
  }
  if (isFiltered) ids = ids.filter((id) => isMet(records.get(id) ?? { id }));
  if (column !== 'updated_at' && column !== 'id') {
    const values = new Map(ids.map((id) => [id, records.get(id)?.[column]]));
    ids = ids.toSorted((one, other) => compared(values.get(one), values.get(other)));
  }
  return down ? ids.toReversed() : ids;
}

/** As the database has it: null first. */
function compared(one: unknown, other: unknown): number {
  if (one === null || one === undefined || other === null || other === undefined) {
    return Number(one !== null && one !== undefined) - Number(other !== null && other !== undefined);
  }
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [text, otherText] = [String(one), String(other)];
  return text < otherText ? -1 : Number(text > otherText);
}

/** RFC 8288: `first` and `prev` behind the first page, `last` and `next` before the last. */
function linksTo(url: URL, page: number, last: number): string {
  const to = (rel: string, number: number) => {
    const target = new URL(url);
    target.searchParams.set('page', String(number));
    return `<${target}>; rel="${rel}"`;
  };
  return [
    ...(page > 1 ? [to('first', 1), to('prev', page - 1)] : []),
    ...(page < last ? [to('last', last), to('next', page + 1)] : []),
  ].join(', ');
}
