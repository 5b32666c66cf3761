/** The staff member who runs a lookup (manual, chapter 1.2: the `acting_person_*` parameters). */
import type { Parameters } from './parameters.ts';

/** HelpSpot's staff levels in words. */
export type UserType = 'admin' | 'help-desk' | 'level-2' | 'guest';

/** What HelpSpot said about the staff member. What it left empty is undefined. */
export interface ActingPerson {
  /** HelpSpot's `xPerson`. */
  readonly id?: string | undefined;
  /** Undefined too when the level is none that the manual names: such a person is trusted with nothing in particular. */
  readonly userType?: UserType | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly email?: string | undefined;
}

/** The levels in the order of their numbers, which begin with 1, in `acting_person_fusertype` (manual, chapter 1.2). */
export const USER_TYPES: readonly UserType[] = ['admin', 'help-desk', 'level-2', 'guest'];

const BY_NUMBER: ReadonlyMap<string, UserType> = new Map(
  USER_TYPES.map((userType, index) => [String(index + 1), userType]),
);

/** The parameters with which HelpSpot says that somebody of this level asks. */
export function actingAs(userType: UserType): Parameters {
  return { acting_person_fusertype: String(USER_TYPES.indexOf(userType) + 1) };
}

/** Reads the `acting_person_*` parameters; values are trimmed. */
export function actingPerson(parameters: Parameters): ActingPerson {
  return {
    id: given(parameters['acting_person_xperson']),
    userType: BY_NUMBER.get(given(parameters['acting_person_fusertype']) ?? ''),
    firstName: given(parameters['acting_person_fname']),
    lastName: given(parameters['acting_person_lname']),
    email: given(parameters['acting_person_email']),
  };
}

function given(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === '' ? undefined : trimmed;
}
