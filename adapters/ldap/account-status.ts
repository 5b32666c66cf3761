/** Whether a person can log in, from what a directory keeps of that. */
import type { Entry } from './entry.ts';
import { fileTime } from './values.ts';

/** What staff read. */
export type AccountStatus = 'enabled' | 'disabled' | 'account expired' | 'locked' | 'password expired';

/** Where the status of an account comes from. */
export interface StatusRule {
  /** The attributes that are asked for. */
  readonly attributes: readonly string[];
  /** Undefined when the directory does not say. */
  read(entry: Entry, now: Date): AccountStatus | undefined;
}

// https://learn.microsoft.com/windows/win32/adschema/a-useraccountcontrol
const ACCOUNT_DISABLED = 0x0002;
const LOCKED_OUT = 0x0010;
const PASSWORD_NEVER_EXPIRES = 0x1_0000;
const PASSWORD_EXPIRED = 0x80_0000;

/**
 * Active Directory. `userAccountControl` has the bits that an administrator sets; the lock and the age of the password
 * depend on the domain's policy and stand only in the computed attribute, which some servers do not have.
 */
export const activeDirectoryStatus: StatusRule = {
  attributes: [
    'userAccountControl',
    'msDS-User-Account-Control-Computed',
    'lockoutTime',
    'pwdLastSet',
    'accountExpires',
  ],
  read(entry, now) {
    const control = numberOf(entry, 'userAccountControl');
    if (control === undefined) return undefined;
    const computed = numberOf(entry, 'msDS-User-Account-Control-Computed');
    if (control & ACCOUNT_DISABLED) return 'disabled';
    const expires = fileTime(entry.text('accountExpires') ?? '');
    if (expires !== undefined && expires <= now) return 'account expired';
    // Without the computed attribute nobody but the policy knows whether a lock has run out.
    const locked =
      computed === undefined ? fileTime(entry.text('lockoutTime') ?? '') !== undefined : (computed & LOCKED_OUT) !== 0;
    if (locked) return 'locked';
    const mustChange = entry.text('pwdLastSet') === '0' && !(control & PASSWORD_NEVER_EXPIRES);
    if (mustChange || ((computed ?? control) & PASSWORD_EXPIRED) !== 0) return 'password expired';
    return 'enabled';
  },
};

/** OpenLDAP with the password policy overlay, and 389 Directory Server. Neither says that an account is fine. */
export const openLdapStatus: StatusRule = {
  attributes: ['pwdAccountLockedTime', 'pwdReset', 'nsAccountLock'],
  read(entry) {
    const isTrue = (attribute: string) => entry.text(attribute)?.toLowerCase() === 'true';
    if (isTrue('nsAccountLock')) return 'disabled';
    if (entry.text('pwdAccountLockedTime') !== undefined) return 'locked';
    return isTrue('pwdReset') ? 'password expired' : undefined;
  },
};

function numberOf(entry: Entry, attribute: string): number | undefined {
  const text = entry.text(attribute);
  return text !== undefined && /^-?\d{1,10}$/.test(text) ? Number(text) : undefined;
}
