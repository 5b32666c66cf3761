/** Users of a site as records, under the names that lookups have, and beside them under the API's own. */
import { ownValue, type SourceField, type SourceRecord, textOf } from '../../src/contract/index.ts';
import { type Data, type Forms, fieldsOfForms, filled } from '../../src/kit/web/index.ts';
import { valuesOf } from './values.ts';

/** Not `token`, with which whoever has it may act in the place of the user. */
const USER: Forms = {
  ...{ id: 'code', name: 'name', email: 'email', username: 'code', title: 'text', location: 'text' },
  ...{ status: 'text', status_message: 'text', role_name: 'text', license: 'text', provider: 'text' },
  ...{ active: 'yes', available: 'yes', is_confirmed: 'yes', email_confirmed: 'yes' },
  ...{ created_at: 'moment', updated_at: 'moment', last_used_at: 'moment', first_call_at: 'moment' },
};

/** The fields of users. */
export const USER_FIELDS: readonly SourceField[] = [...fieldsOfForms({ user_id: 'code' }), ...fieldsOfForms(USER)];

/** A user as a record. */
export function userRecord(user: Data): SourceRecord {
  const own = valuesOf(user, USER);
  return filled([['user_id', own['id']], ...Object.entries(own)]);
}

/** Somebody in a call, or whose calls are looked for. */
export interface Person {
  /** Undefined of a guest, who is no user. */
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly email: string | undefined;
}

/** A user as a person; undefined for one without an ID. */
export function personOf(user: SourceRecord): (Person & { readonly id: string }) | undefined {
  const text = (field: string) => textOf(ownValue(user, field)) || undefined;
  const id = text('user_id');
  return id === undefined ? undefined : { id, name: text('name'), email: text('email') };
}
