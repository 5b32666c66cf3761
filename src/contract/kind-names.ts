/** What the name of a field says of the kind of its values. */
import type { Kind } from './kinds.ts';

const PHONE_WORD = /(?:phones?|telefon|mobile?|handy|cell|fax)$|^tel$/;
const EMAIL_WORD = /^e?mails?$/;
/** What may follow these words: `phone_number`, `mobile2`, `mail_private`; not `phone_verified`, not `email_count`. */
const OF_WHICH =
  /^(?:number|numbers|no|nr|nummer|address|addresses|work|business|office|home|private|privat|main|primary|other|direct|day|e164|digits|key|\d+)$/;

/** The kind of a field of which nothing but its name is known: `phone`, `mobile_phone`, `fax` …; `email`, `mail` …; `first_name`, `fullname` …; everything else is text. */
export function kindByName(field: string): Kind {
  const known = byName.get(field);
  if (known !== undefined) return known;
  const kind = kindOfWords(field);
  if (byName.size < 10_000) byName.set(field, kind);
  return kind;
}

// Names of fields come from the configuration and from the systems: some hundreds.
const byName = new Map<string, Kind>();

function wordsOf(field: string): readonly string[] {
  return field
    .slice(0, 200)
    .replace(/([a-z])([A-Z0-9])/g, '$1 $2')
    .toLowerCase()
    .replace(/e[-_ ]mail/g, 'email')
    .split(/[^\p{L}\p{N}]+/u);
}

function kindOfWords(field: string): Kind {
  const words = wordsOf(field);
  if (/^(?:is|has|can)$/.test(words[0] ?? '')) return 'text';
  const last = words.findLastIndex((word) => !OF_WHICH.test(word));
  const word = words[last] ?? '';
  if (PHONE_WORD.test(word)) return 'phone';
  if (EMAIL_WORD.test(word)) return 'email';
  return last === words.length - 1 && word.endsWith('name') ? 'name' : 'text';
}

/** What is no amount though it may look like one: `customer_id`, `kdnr`, `zip`, `room_no`, `version`. */
const CODE_WORD =
  /^(?:u?id|guid|uuid|no|num|key|ref|zip|plz|pin|tan|sku|ean|upc|isbn|imei|iban|bic|vat|ip|os|tag|room|raum|konto|account|token|version|release|build|firmware|chapter|kapitel)$|(?:codes?|num(?:mer|ber)s?|nr|serial|reference|referenz|(?:customer|client|kunden|user|account|order|asset|person|member|employee|contact)id)$/;

const codes = new Map<string, boolean>();

/** Whether the name of a field says that each letter and digit of its values counts, trailing zeros too. */
export function isCodeByName(field: string): boolean {
  const known = codes.get(field);
  if (known !== undefined) return known;
  const isCode = wordsOf(field).some((word) => CODE_WORD.test(word));
  if (codes.size < 10_000) codes.set(field, isCode);
  return isCode;
}
