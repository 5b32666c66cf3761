/** What columns are called that have what HelpSpot knows of a customer, in the languages of Western Europe. */
import anyAscii from 'any-ascii';
import { emailAddresses, kindByName, phoneDigits } from '../../contract/index.ts';

/** What a column can be for HelpSpot, and what lookups find by: the names of fields in the gateway. */
export const ROLES = [
  ...(['email', 'phone', 'mobile', 'customer_id'] as const),
  ...(['first_name', 'last_name', 'full_name', 'company'] as const),
] as const;

export type Role = (typeof ROLES)[number];

/** What a person reads of each. */
export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  customer_id: 'the number or name that your system knows a customer by',
  first_name: 'first name',
  last_name: 'last name',
  full_name: 'both names in one',
  email: 'mail address',
  phone: 'telephone',
  mobile: 'a second telephone',
  company: 'organisation',
};

/** In small letters of ASCII, without what stands between words. */
const CALLED: Readonly<Record<Role, string>> = {
  customer_id:
    'customerid customernumber customerno customernr custid custno id number nr no uid userid clientid clientno ' +
    'clientnumber accountid accountnumber accountno memberid membernumber memberno personid contactid employeeid ' +
    'employeenumber partnerid partnernumber username login samaccountname kundennummer kundennr kundenid kdnr kdnummer ' +
    'knr nummer mitgliedsnummer mitgliedsnr personalnummer personalnr debitor debitornr debitorennummer geschaeftspartner ' +
    'benutzername partnernummer numeroclient numclient noclient codeclient idclient numero numerodeclient idcliente ' +
    'numerocliente numerodecliente codigocliente codigodecliente codicecliente idutente klantnummer klantnr klantid ' +
    'nif numerosocio kundnummer kundenummer medlemsnummer idklienta numerklienta',
  first_name:
    'firstname first givenname given forename fname christianname vorname rufname prenom nombre nombres nome primeironome ' +
    'voornaam roepnaam fornamn fornavn etunimi imie imya jmeno keresztnev prenume',
  last_name:
    'lastname last surname familyname family lname sn nachname familienname zuname nomdefamille nomfamille apellido apellidos ' +
    'primerapellido cognome sobrenome achternaam efternamn etternavn efternavn sukunimi nazwisko familiya prijmeni vezeteknev',
  full_name:
    'fullname name displayname contactname contact contactperson personname customername clientname cn kontakt kontaktperson ' +
    'ansprechpartner kundenname kunde anzeigename nomcomplet nomprenom nomclient contacto nombrecompleto nominativo ' +
    'nomecompleto nomecognome naam volledigenaam klantnaam namn navn fulltnavn nazwa',
  email:
    'email emailaddress emailaddr mail mailaddress mailadresse emailadresse emailadres mailadres mailto courriel adressemail ' +
    'adresseemail adressecourriel correo correoelectronico postaelettronica indirizzoemail epost epostadress epostadresse ' +
    'adresemail adrespocztyelektronicznej pochta emailprimary primaryemail workemail emailwork emailbusiness enderecodeemail',
  phone:
    'phone phonenumber phoneno telephone telephonenumber tel telno telnr telefon telefonnummer telefonnr festnetz rufnummer ' +
    'fon durchwahl officephone workphone phonework businessphone phonebusiness telephonebureau numerodetelephone ' +
    'numtelephone telefono telefonofijo numerotelefono numeroditelefono telefone telefoon telefoonnummer puhelin nrtelefonu ' +
    'numertelefonu telefonszam',
  mobile:
    'mobile mobilephone mobilenumber mobileno cell cellphone cellnumber mobil mobiltelefon mobilnummer mobilnr handy handynummer ' +
    'handynr natel portable telephoneportable gsm gsmnummer movil telefonomovil celular cellulare telefonocellulare telemovel ' +
    'mobiel mobielnummer komorka telefonkomorkowy privatephone homephone phonehome phone2 telefon2 tel2 telephone2',
  company:
    'company companyname organization organisation organizationname organisationname org firm account accountname employer ' +
    'business businessname o firma firmenname firmaname unternehmen gesellschaft arbeitgeber betrieb societe raisonsociale ' +
    'entreprise nomentreprise empresa razonsocial azienda ragionesociale societa ditta bedrijf bedrijfsnaam organisatie ' +
    'foretag virksomhed selskap bedrift yritys przedsiebiorstwo',
};

/** Words of `customer_id` above that any table may have for what is in it. */
const OF_ANYTHING = new Set(
  'id number nr no uid userid personid contactid username login samaccountname nummer benutzername numero idutente nif'.split(
    ' ',
  ),
);

/** Whether a column is called the number of a customer, and not of whatever a table is about: `kdnr`, not `id`. */
export function isCustomersNumber(name: string): boolean {
  return nameSays('customer_id', name) === 3 && !OF_ANYTHING.has(wordsIn(name).join(''));
}

const WORDS = new Map(ROLES.map((role) => [role, new Set(CALLED[role].split(' '))]));

/** Longer names are no names of columns that a person would give. */
const LONGEST_NAME = 100;
/** A word that is part of a longer one says little when it is short: `no`, `tel`, `sn`. */
const FEWEST_LETTERS = 4;

/** The words of a name in small letters of ASCII: `Kd.-Nr.` → `kd`, `nr`; `CustomerID` → `customer`, `id`. */
export function wordsIn(name: string): readonly string[] {
  const spaced = name
    .slice(0, LONGEST_NAME)
    .normalize('NFC')
    .replace(/[äöüÄÖÜ]/g, (letter) => `${letter}e`)
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/[eE][-_ ][mM]ail/g, 'email');
  return anyAscii(spaced)
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/** How much a name says that a column has this: 3 it is called so, 2 it ends so, 1 it begins so, 0 nothing. */
export function nameSays(role: Role, name: string): 0 | 1 | 2 | 3 {
  const known = WORDS.get(role) ?? new Set<string>();
  const words = wordsIn(name);
  if (known.has(words.join(''))) return 3;
  const ends = words.some((_, at) => at > 0 && known.has(words.slice(at).join('')));
  if (ends && !(role === 'full_name' && words.length > 2)) return 2;
  const begins = words.some(
    (_, at) => at > 0 && isLong(words.slice(0, at).join('')) && known.has(words.slice(0, at).join('')),
  );
  if (begins) return 1;
  return (role === 'phone' || role === 'email') && kindByName(name) === role ? 1 : 0;
}

function isLong(word: string): boolean {
  return word.length >= FEWEST_LETTERS;
}

/** Whether a value looks like a mail address. */
export function isEmail(value: string): boolean {
  return emailAddresses(value).some((address) => address.includes('.', address.lastIndexOf('@')));
}

/** ITU-T E.164 has 15 digits at most; what is shorter than six is an extension, or a number of something else. */
const PHONE_DIGITS = { fewest: 6, most: 15 };

/** Whether a value can be a telephone number: digits of one, and little else. */
export function isPhone(value: string): boolean {
  const letters = value.length - value.replace(/\p{L}/gu, '').length;
  if (letters > 8 || isDay(value)) return false;
  return phoneDigits(value).some(({ length }) => length >= PHONE_DIGITS.fewest && length <= PHONE_DIGITS.most);
}

/** Whether a value is written as nothing but a telephone number is: with a plus, or a zero and something between its digits. */
export function isSurelyPhone(value: string): boolean {
  return isPhone(value) && /^\s*(?:\+|00|\(?0\d+\)?[ /-]|\(\d{3}\)|\d{3}[-. ]\d{3}[-. ]\d{4})/.test(value);
}

function isDay(value: string): boolean {
  return /^\d{4}-\d\d-\d\d|^\d{1,2}[./]\d{1,2}[./]\d{2,4}/.test(value.trim());
}

const SECRET_WORDS = new Set(
  'password passwd passphrase pass pwd pw passwort kennwort secret token salt hash pin cvv cvc otp totp apikey motdepasse contrasena'.split(
    ' ',
  ),
);

/** Whether a column holds what no staff member should read: `password_hash`, `ApiKey`, `reset_token`. */
export function isSecretByName(name: string): boolean {
  const words = wordsIn(name);
  const pairs = words.map((word, at) => word + (words[at + 1] ?? ''));
  return [...words, ...pairs, words.join('')].some((word) => SECRET_WORDS.has(word) || /passw|kennwort/.test(word));
}
