/** The departments and operators of a Live Helper Chat, kept for a while: they change seldom. */
import type { CallContext, Log, SourceField, SourceRecord } from '../../src/contract/index.ts';
import { type Data, type Forms, fieldsOfForms, filled, KeptLists, textAt } from '../../src/kit/web/index.ts';
import { idAt, listAt } from './answer.ts';
import type { ChatApi } from './api.ts';
import { SYSTEM, unexpected } from './failures.ts';
import { valuesOf } from './values.ts';

/** More would be no list that anybody chooses from. */
const MOST_ITEMS = 5_000;

const DEPARTMENT: Forms = {
  ...{
    id: 'code',
    name: 'text',
    email: 'email',
    identifier: 'code',
    disabled: 'yes',
    hidden: 'yes',
    priority: 'number',
  },
  ...{ active_chats_counter: 'number', pending_chats_counter: 'number', bot_chats_counter: 'number' },
};
// Not what signs in: the API takes the password out, and leaves the session.
const OPERATOR: Forms = {
  ...{ id: 'code', username: 'text', email: 'email', surname: 'name', chat_nickname: 'name', job_title: 'text' },
  ...{ disabled: 'yes', hide_online: 'yes', all_departments: 'yes', time_zone: 'text' },
};

/** One list. */
interface Shape {
  /** Below `/restapi/`. */
  readonly call: string;
  readonly right: string;
  readonly fields: readonly SourceField[];
  toRecord(item: Data): SourceRecord;
}

/** The lists by their names. */
export type KeptList = 'departments' | 'operators';

/** Of each list, what it is. */
export const SHAPES: Readonly<Record<KeptList, Shape>> = {
  departments: {
    call: 'departments',
    right: 'lhdepartment,list',
    fields: fieldsOfForms({ department_id: 'code', department: 'text', ...DEPARTMENT }),
    toRecord(item) {
      const own = valuesOf(item, DEPARTMENT);
      return filled([['department_id', own['id']], ['department', own['name']], ...Object.entries(own)]);
    },
  },
  operators: {
    call: 'getusers',
    right: 'lhuser,userlist',
    fields: [
      ...fieldsOfForms({ user_id: 'code', agent: 'name', name: 'name', first_name: 'name', last_name: 'name' }),
      ...fieldsOfForms(OPERATOR),
    ],
    toRecord(item) {
      const own = valuesOf(item, OPERATOR);
      const names = [textAt(item, 'name'), textAt(item, 'surname')].filter((name) => name !== undefined);
      const name = names.length === 0 ? textAt(item, 'username') : names.join(' ');
      return filled([
        ['user_id', own['id']],
        // As visitors read it, and as chats have it: `name_support` of the vendor.
        ['agent', own['chat_nickname'] ?? name],
        ['name', name],
        ['first_name', textAt(item, 'name')],
        ['last_name', own['surname']],
        ...Object.entries(own),
      ]);
    },
  },
};

/** The lists of one source. */
export type Catalog = KeptLists<KeptList>;

/** @param keepMs so long a list is as good as a new one */
export function openCatalog(api: ChatApi, keepMs: number, log: Log): Catalog {
  return new KeptLists<KeptList>({
    ...{ account: api.account, system: SYSTEM, keepMs, most: MOST_ITEMS, log },
    pluralOf: (name) => name,
    read: (name, context) => read(api, name, context),
  });
}

async function read(api: ChatApi, name: KeptList, context: CallContext): Promise<readonly SourceRecord[]> {
  const { call, toRecord } = SHAPES[name];
  const items = listAt(await api.ask(call, {}, context), 'result');
  if (items === undefined) throw unexpected(`${call} without a list`);
  return items.filter((item) => idAt(item, 'id') !== undefined).map(toRecord);
}
