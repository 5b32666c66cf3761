/** The customers that every adapter is tested with. Whoever runs the suite puts them into the system first. */

/** One customer of the seed. A field that is absent is NULL, empty or missing in the system. */
export interface SuiteCustomer {
  readonly customer_id: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly company?: string;
}

/** The fields of the seed, in the order of {@link suiteRows}. */
export const suiteFields = ['customer_id', 'first_name', 'last_name', 'email', 'phone', 'company'] as const;

type Row = readonly [first: string, last: string, email: string, phone: string, company: string];

const rows: readonly Row[] = [
  ['Bob', 'Smith', 'bob.smith@example.com', '(845) 555-4278', 'Smith & Co'],
  ['Bob', 'Smith', 'robert.smith@example.org', '+1 212 555 0100', 'Acme, Inc.'],
  ['Jürg', 'Müller', 'juerg.mueller@example.ch', '+41 44 555 01 02', 'Müller & Söhne AG'],
  ['Zoë', 'Brontë', 'zoe@example.co.uk', '020 7946 0123', 'Haworth "Parsonage" Ltd'],
  ['Sinéad', "O'Brien", 'sinead.obrien@example.ie', '353.1.555.0199', "O'Brien's Bakery"],
  ['Marie', 'de la Cruz', 'marie.delacruz@example.fr', '0033 1 70 18 99 00', 'Crédit Populaire; Lyon'],
  ['Łukasz', 'Żółć', 'lukasz.zolc@example.pl', '48225550177', 'Łódź Software'],
  ['Søren', 'Ørsted', 'soren@example.dk', '+45 70 10 10 11', 'Ørsted & Søn'],
  ['Günther', 'Weiß', 'guenther.weiss@example.de', '030/5550188', 'Straßenbau Weiß'],
  ['José', 'Núñez', 'jose.nunez@example.es', '91-555-01-44', 'Año Nuevo S.L.'],
  ['Nguyễn', 'Thị Minh', 'minh.nguyen@example.vn', '+84 24 3555 0123', 'Hà Nội Trading'],
  ['Ольга', 'Иванова', 'olga@example.ru', '+7 495 555 01 55', 'ООО Ромашка'],
  ['太郎', '山田', 'taro.yamada@example.jp', '03-5555-0166', '株式会社山田'],
  ['Νίκος', 'Παπαδόπουλος', 'nikos@example.gr', '+30 210 555 0177', 'Αθήνα ΑΕ'],
  ['Emma', 'Rocket', 'emma@example.com', '555-0111', 'Rocket 🚀 Labs'],
  ['Family', 'Zwj', 'family@example.com', '555-0112', 'Family 👨‍👩‍👧 & Friends'],
  ['Percy', 'Percent', 'percy@example.com', '555-0113', '100% Cotton'],
  ['Ursula', 'Under', 'ursula@example.com', '555-0114', 'snake_case_works'],
  ['Stan', 'Star', 'stan@example.com', '555-0115', '5*Star (Hotels)'],
  ['Bea', 'Backslash', 'bea@example.com', '555-0116', 'C:\\Temp\\Works'],
  ['Quentin', 'Quote', 'quentin@example.com', '555-0117', `"Double" and 'single'`],
  ['Sam', 'Sql', 'sam@example.com', '555-0118', "Robert'); DROP TABLE customers;--"],
  ['Lena', 'Ldap', 'lena@example.com', '555-0119', '*)(objectClass=*'],
  ['Hugo', 'Html', 'hugo@example.com', '555-0120', '<b>Bold</b> & <script>alert(1)</script>'],
  ['Tess', 'Template', 'tess@example.com', '555-0121', '{{customer_id}} ${HOME} [a-z]? ^x$'],
  ['Una', 'Url', 'una+tag@example.com', '555-0122', 'https://example.com/?a=1&b=%20#top'],
  ['Ann-Marie', 'Long', 'annmarie@example.com', '555-0123', `Long ${'word '.repeat(400)}end`],
  ['Nomail', 'Person', '', '555-0124', 'No Mail GmbH'],
  ['Nophone', 'Person', 'nophone@example.com', '', 'No Phone GmbH'],
  ['', 'Onlyname', '', '', ''],
  ['Anna', 'Smithson', 'anna.smithson@example.com', '555-0125', 'Acme, Inc.'],
  ['Anna', 'Smythe', 'anna.smythe@example.com', '555-0126', 'Acme, Inc.'],
  ['Theo', 'Tag <Jr>', 'theo@example.com', '555-0127', 'AT&T <Corp>'],
  ['Tom', '<i>Less</i> Tags', 'tom@example.com', '555-0128', 'Tom <tom@example.org> & Co'],
];

/** The seed. `customer_id` begins with a letter, so that a system that makes numbers of digits shows it. */
export const suiteCustomers: readonly SuiteCustomer[] = rows.map(([first, last, email, phone, company], position) => ({
  customer_id: `C${1001 + position}`,
  ...(first === '' ? {} : { first_name: first }),
  ...(last === '' ? {} : { last_name: last }),
  ...(email === '' ? {} : { email }),
  ...(phone === '' ? {} : { phone }),
  ...(company === '' ? {} : { company }),
}));

/** The seed as rows of text in the order of {@link suiteFields}; what is absent is an empty text. */
export const suiteRows: readonly (readonly string[])[] = suiteCustomers.map((customer) =>
  suiteFields.map((field) => customer[field] ?? ''),
);

/** Values that mean something to some query language, and must mean nothing but themselves. */
export const injectionCorpus: readonly string[] = [
  `' OR '1'='1`,
  `" OR ""="`,
  `' OR 1=1 --`,
  `'; DROP TABLE customers; --`,
  `' UNION SELECT NULL,NULL,NULL,NULL,NULL,NULL --`,
  `\\' OR 1=1 #`,
  '1; SELECT pg_sleep(10)',
  '*',
  '%',
  '_',
  '?',
  '\\',
  `'`,
  '"',
  '`',
  '%25',
  'C1001%',
  'C100_',
  'C1001*',
  '*)(objectClass=*',
  ')(|(uid=*))',
  '*)(&',
  '\\2a',
  'x" OR email:*',
  'email:* OR id:>0',
  `x' or startswith(mail,'`,
  'a&$filter=true',
  'x&limit=1000000',
  '{"$ne": null}',
  '[$gt]=',
  '.*',
  '^.*$',
  '(a+)+$',
  '{{7*7}}',
  '${jndi:ldap://127.0.0.1/x}',
  '<script>alert(1)</script>',
  ']]>',
  '../../etc/passwd',
  '; cat /etc/passwd',
  '$(id)',
  ':email',
  '@email',
  '$1',
  'NULL',
  'undefined',
  '__proto__',
  'a\0b',
  'a\r\nX-Injected: 1',
  '\u202egnirts',
  '\ud800',
  'x'.repeat(20_000),
];
