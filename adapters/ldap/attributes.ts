/** What is known of attributes by their names: which hold bytes, names of other entries, times. */
import { booleanOf, type Scalar } from '../../src/contract/index.ts';
import { nameOfDn } from './dn.ts';
import { fileTime, generalizedTime, guidText, isWholeTime, sidText } from './values.ts';

/**
 * How the values of an attribute are read: `text` as it is; `dn` is the name of another entry; `mail` is an address
 * after its protocol (`smtp:`), other protocols are no mail; `boolean` is TRUE or FALSE; `binary` has no text.
 */
export type AttributeKind = 'text' | 'dn' | 'guid' | 'sid' | 'fileTime' | 'time' | 'mail' | 'boolean' | 'binary';

const KINDS: readonly (readonly [kind: AttributeKind, names: string])[] = [
  [
    'dn',
    'manager secretary assistant directReports member memberOf uniqueMember owner roleOccupant seeAlso managedBy ' +
      'managedObjects msExchCoManagedByLink altRecipient publicDelegates creatorsName modifiersName',
  ],
  ['guid', 'objectGUID mS-DS-ConsistencyGuid msExchMailboxGuid'],
  ['sid', 'objectSid sIDHistory msExchMasterAccountSid'],
  [
    'fileTime',
    'accountExpires badPasswordTime lastLogoff lastLogon lastLogonTimestamp lockoutTime pwdLastSet ' +
      'msDS-UserPasswordExpiryTimeComputed msDS-LastSuccessfulInteractiveLogonTime',
  ],
  [
    'time',
    'whenCreated whenChanged createTimestamp modifyTimestamp pwdChangedTime authTimestamp msExchWhenMailboxCreated ' +
      'passwordExpirationTime krbPasswordExpiration krbLastPwdChange',
  ],
  ['mail', 'proxyAddresses'],
  [
    'boolean',
    'nsAccountLock pwdReset msNPAllowDialin msExchHideFromAddressLists deliverAndRedirect isDeleted ' +
      'isCriticalSystemObject showInAdvancedViewOnly hasSubordinates',
  ],
  [
    'binary',
    'thumbnailPhoto thumbnailLogo jpegPhoto photo audio userCertificate userSMIMECertificate userPKCS12 ' +
      'cACertificate userPassword unicodePwd logonHours ntSecurityDescriptor msExchMailboxSecurityDescriptor ' +
      'msExchSafeSendersHash msExchBlockedSendersHash msExchSafeRecipientsHash terminalServer userParameters',
  ],
];

const KIND_OF: ReadonlyMap<string, AttributeKind> = new Map(
  KINDS.flatMap(([kind, names]) => names.split(' ').map((name) => [name.toLowerCase(), kind] as const)),
);

/** The kind of an attribute; what is not known is text. */
export function attributeKindOf(attribute: string): AttributeKind {
  if (/;binary$/i.test(attribute)) return 'binary';
  return KIND_OF.get(attribute.toLowerCase()) ?? 'text';
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a value; undefined for bytes that are none. */
export function textOfBytes(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The values that a record can show, in their order. Empty and unreadable ones are left out. */
export function readable(kind: AttributeKind, values: readonly Buffer[]): readonly Scalar[] {
  if (kind === 'mail') return mailAddresses(values);
  return values.map((bytes) => scalarOf(kind, bytes)).filter((value) => value !== undefined);
}

function scalarOf(kind: AttributeKind, bytes: Buffer): Scalar | undefined {
  if (kind === 'binary') return undefined;
  if (kind === 'guid') return guidText(bytes);
  if (kind === 'sid') return sidText(bytes);
  const text = textOfBytes(bytes)?.trim();
  if (text === undefined || text === '') return undefined;
  if (kind === 'fileTime') return fileTime(text);
  if (kind === 'boolean') return booleanOf(text) ?? text;
  // A directory may keep something else in such a place; it is shown as it is.
  if (kind === 'time') return generalizedTime(text) ?? text;
  if (kind === 'dn') return nameOfDn(text);
  // Fourteen digits and a Z are a time wherever they stand.
  return isWholeTime(text) ? (generalizedTime(text) ?? text) : text;
}

/** `SMTP:` is the primary address, `smtp:` another one (https://learn.microsoft.com/exchange/recipients/mailbox-email-addresses). */
function mailAddresses(values: readonly Buffer[]): readonly string[] {
  const texts = values.map((bytes) => textOfBytes(bytes)?.trim() ?? '').filter((text) => /^smtp:./i.test(text));
  const primary = texts.filter((text) => text.startsWith('SMTP:'));
  const others = texts.filter((text) => !text.startsWith('SMTP:'));
  return [...primary, ...others].map((text) => text.slice('smtp:'.length).trim()).filter((address) => address !== '');
}
