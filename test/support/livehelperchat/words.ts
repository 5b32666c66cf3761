/** What it says when it refuses. Words of rights and of single chats are in English on every site. */

/** The languages of the site that are known here. */
export type Language = 'en' | 'de';

/** From `lhc_web/translations/de_DE/translation.ts`. */
const WORDS = {
  failed: ['Authorization failed!', 'Authentifizierung fehlgeschlagen!'],
  noHeader: ['Authorization header is missing!', 'Autorisierungs-Header fehlt!'],
  address: ['Rest API IP restrictions applies! ', 'Rest API IP-Beschränkungen gelten! '],
  noDirect: [
    'You do not have permission to use REST API directly. "lhrestapi", "use_direct_logins" is missing!',
    'Sie haben nicht die Erlaubnis, die REST-API direkt zu verwenden. "lhrestapi", "use_direct_logins" fehlt!',
  ],
  noChat: ['Could not find chat by chat_id!', 'Konnte keinen Chat nach chat_id finden!'],
  noReading: ['You do not have permission to read this chat!', 'Du hast keine Erlaubnis, diesen Chat zu lesen!'],
} as const;

/** A sentence in the language of the site. */
export function wordsIn(language: Language, key: keyof typeof WORDS): string {
  return WORDS[key][language === 'en' ? 0 : 1];
}

/** A call that it refuses, as an exception of its PHP. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** @param right `lhchat,use` */
export function missingRight(right: string, what = 'You do not have permission.'): Refusal {
  const [module, name] = right.split(',');
  return new Refusal(`${what} \`${module}\`, \`${name}\` is required.`);
}
