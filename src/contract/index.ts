/** What an adapter is and what it may use. The one door: everybody outside imports from here. */
export {
  type Adapter,
  type CallContext,
  CONTRACT_VERSION,
  defineAdapter,
  type FindQuery,
  type Log,
  type Order,
  type Services,
  type Source,
  type SourceField,
  type SourceState,
} from './adapter.ts';
export {
  type Criterion,
  compares,
  isSought,
  kindOf,
  kindOfItem,
  LONGEST_SOUGHT,
  type MatchKind,
  meets,
  soughtForms,
  valueMeets,
} from './criteria.ts';
export {
  beganAt,
  callerHasGone,
  DeadlineExceeded,
  inBackground,
  isBackground,
  partOfCall,
  remainingMs,
  untilAborted,
  withDeadline,
  withDeadlineWithin,
} from './deadline.ts';
export { duration, milliseconds } from './duration.ts';
export { emailAddresses, emailForm } from './email-address.ts';
export {
  isRefusal,
  SourceError,
  type SourceErrorKind,
  StoreError,
  type StoreErrorKind,
  surelyNotDone,
  UserError,
} from './errors.ts';
export type {
  HelpDeskCategory,
  HelpDeskEntry,
  HelpDeskField,
  HelpDeskFieldType,
  HelpDeskList,
  HelpDeskLists,
} from './help-desk.ts';
export { withoutInvisible } from './invisible.ts';
export { allWritings, writtenNames } from './joined-names.ts';
export { isCodeByName, kindByName } from './kind-names.ts';
export { comparedForms, KINDS, type Kind, partForms } from './kinds.ts';
export type { ListBatch, ListedRecord, ListQuery, TimeSpan } from './listing.ts';
export { logWith } from './log.ts';
export { oneOf } from './one-of.ts';
export { inOrder, isNumber } from './order.ts';
export { phoneDigits, phoneEnds, phonePart } from './phone.ts';
export type {
  Details,
  DetailsRow,
  FieldForm,
  LinkedThing,
  Linking,
  PushAbility,
  PushFile,
  PushReceipt,
  PushRequest,
} from './push.ts';
export { isLink, isList, type Link, ownValue, type Scalar, type SourceRecord, textOf, type Value } from './record.ts';
export { formsOf, masked, redact, secretForms } from './secret-forms.ts';
export { beginningsOfMarkup, spellingsOf } from './spellings.ts';
export { fillTemplate, placesOf } from './template.ts';
export { BOOLEAN_WORDS, booleanOf, saysYes } from './yes-no.ts';
