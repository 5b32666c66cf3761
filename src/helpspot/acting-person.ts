/** The staff member who runs a lookup (manual, chapter 1.2: the `acting_person_*` parameters). */
import type { Parameters } from './parameters.ts';

/** HelpSpot's staff levels in words. */
export type ActingUserType = 'admin' | 'help-desk' | 'level-2' | 'guest';

/** What HelpSpot said about the staff member. What it left empty is absent. */
export interface ActingPerson {
  /** HelpSpot's `xPerson`. */
  readonly id?: string;
  /** Absent too when the level is none that the manual names: such a person is trusted with nothing in particular. */
  readonly userType?: ActingUserType;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly email?: string;
}

/** `acting_person_fusertype` as the manual numbers it. */
const USER_TYPES: ReadonlyMap<string, ActingUserType> = new Map([
  ['1', 'admin'],
  ['2', 'help-desk'],
  ['3', 'level-2'],
  ['4', 'guest'],
]);

/** Reads the `acting_person_*` parameters; values are trimmed. */
export function actingPerson(parameters: Parameters): ActingPerson {
  const id = given(parameters['acting_person_xperson']);
  const userType = USER_TYPES.get(given(parameters['acting_person_fusertype']) ?? '');
  const firstName = given(parameters['acting_person_fname']);
  const lastName = given(parameters['acting_person_lname']);
  const email = given(parameters['acting_person_email']);
  return {
    ...(id !== undefined && { id }),
    ...(userType !== undefined && { userType }),
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(email !== undefined && { email }),
  };
}

function given(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === '' ? undefined : trimmed;
}
