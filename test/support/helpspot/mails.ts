/** Which mails HelpSpot would send (manual, `email_…` and `fNoteType` of private.request.create and .update). */
import type { House } from './call.ts';
import type { StoredNote, StoredRequest } from './data.ts';
import { type Parameters, textOf } from './parameters.ts';
import { partsOf } from './writing-rules.ts';

const EXTERNAL = '2';

/**
 * Keeps the mails of a note. "use 0 to not send an email": then there are none at all. A new request of a customer who has
 * an address is always answered, as an import by the API "sends emails to customers" without that 0; a later note is sent
 * when it is public, an external one to `email_to`.
 */
export function sendMails(house: House, parameters: Parameters, request: StoredRequest, note: StoredNote): void {
  const from = textOf(parameters, 'email_from');
  if (from === '0') return;
  const mail = {
    xRequest: request.xRequest,
    xMailbox: from === '' ? house.data.defaultMailbox : Number(from),
    cc: partsOf(textOf(parameters, 'email_cc')),
    bcc: partsOf(textOf(parameters, 'email_bcc')),
    subject: textOf(parameters, 'sTitle') || request.sTitle,
    text: note.tNote,
  };
  const isExternal = textOf(parameters, 'fNoteType') === EXTERNAL;
  const to = partsOf(textOf(parameters, 'email_to'));
  if (isExternal && to.length > 0) house.mails.push({ kind: 'external', ...mail, to });
  if ((note.fPublic || (note.fInitial && !isExternal)) && request.sEmail !== '') {
    house.mails.push({ kind: 'customer', ...mail, to: [request.sEmail] });
  }
  const staff = partsOf(textOf(parameters, 'email_staff')).flatMap(
    (id) => house.data.staff.find((person) => String(person.xPerson) === id && !person.fDeleted)?.sEmail ?? [],
  );
  if (staff.length > 0) house.mails.push({ kind: 'staff', ...mail, cc: [], bcc: [], to: staff });
}
