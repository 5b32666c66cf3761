/** Two ways to log in to a web system, of which a source has one. */

/** The settings of both. */
export interface LoginSettings {
  readonly token?: string | undefined;
  readonly email?: string | undefined;
  readonly password?: string | undefined;
}

/** Tells what is wrong at a setting. */
export type Complain = (setting: string, message: string) => void;

/** Complains of two ways at once, of none, and of a half one. */
export function refuseHalfLogin({ token, email, password }: LoginSettings, complain: Complain): void {
  if (token !== undefined && (email !== undefined || password !== undefined)) {
    complain('token', 'is one way to log in, and email with password the other; write one of them');
  } else if (token === undefined && email === undefined) {
    complain('token', 'is missing; write an API token, or email and password of an account');
  } else if (email !== undefined && password === undefined) {
    complain('password', 'is missing beside email');
  } else if (password !== undefined && email === undefined) {
    complain('email', 'is missing beside password');
  }
}
