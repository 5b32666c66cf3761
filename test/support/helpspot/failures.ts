/** What the API refuses, in its own words (manual, chapter 4.3). */

/** The errors of the table; `###` is what the error is about. */
export const ERRORS = {
  1: 'Authentication information not sent',
  2: 'User authentication failed',
  3: 'Too many failed login attempts. Please wait a minute and try again',
  101: 'Required parameter ### not supplied',
  102: 'Valid access key required',
  103: 'Valid request ID required',
  104: 'Email or password not valid',
  105: 'Valid email required',
  201: 'Invalid method provided',
  202: 'Could not create topic',
  203: 'Forum is closed',
  204: 'Could not create post',
  205: 'Topic ID does not exist',
  206: 'Could not create request',
  207: 'Could not create request: ###',
  208: 'Request has been merged',
  209: 'Time event could not be added',
  210: 'Request could not be updated',
  211: 'Password could not be updated',
  212: 'Could not update request: ###',
  213: 'Could not merge requests',
  301: 'Trial expired',
  302: 'Maintenance mode enabled',
  303: 'private.customer.getPasswordByEmail has been removed as passwords are no longer stored in a way that are accessible by the system',
} as const;

/** The number of an error. The manual's table writes three digits, its example of an answer `2`: the answer's is used. */
export type ErrorId = keyof typeof ERRORS;

/** One error of an answer. */
export interface ApiError {
  readonly id: ErrorId;
  readonly description: string;
}

/** An error with what it is about. */
export function apiError(id: ErrorId, about = ''): ApiError {
  return { id, description: ERRORS[id].replace('###', () => about) };
}

/** The API refuses, for one reason or several. */
export class Refusal extends Error {
  readonly errors: readonly ApiError[];
  constructor(errors: readonly ApiError[]) {
    super(errors.map(({ id, description }) => `${id} ${description}`).join(', '));
    this.errors = errors;
  }
}

/** One refusal with one reason. */
export function refused(id: ErrorId, about = ''): Refusal {
  return new Refusal([apiError(id, about)]);
}
