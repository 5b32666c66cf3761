/**
 * Writes `samples/customers.csv`, `samples/contracts.csv` and `samples/assets.db`: `node scripts/make-samples.js [folder]`.
 * The same bytes every time (with the same version of libsql), so that a change
 * of the samples shows in a diff. Nobody in them exists: addresses end in
 * example.com or .example (RFC 2606), telephone numbers are from the ranges
 * that are kept for fiction.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'libsql';

const CUSTOMERS = 300;
const FIRST_ID = 1001;

// Written by hand: each shows something that real data has. The calls of samples/calls.md are for these.
const SPECIAL = [
  ['Bob', 'Smith', 'bob.smith@example.com', '(845) 555-0142', 'Hudson Valley Books', 'Poughkeepsie', 'Building A', ''],
  [
    'Bob',
    'Smith',
    'robert.smith@smith-and-co.example',
    '212.555.0117',
    'Smith & Co',
    'New York',
    '8th floor',
    'Not the Bob Smith of Hudson Valley Books',
  ],
  [
    'Zoë',
    'Müller',
    'zoe.mueller@gruenwald.example',
    '+49 30 23125 042',
    'Grünwald Verlag GmbH',
    'Berlin',
    'Haus 2',
    '',
  ],
  [
    'Łukasz',
    'Żółkiewski',
    'lukasz@example.org',
    '020 7946 0991',
    'Żółkiewski Translations',
    'London',
    'North Wing',
    '',
  ],
  ['Søren', 'Østergaard', 'soren@example.net', '08-465 004 12', 'Østergaard & Søn', 'Stockholm', 'Dock 4', ''],
  ['Minh', 'Nguyễn', 'minh.nguyen@example.com', '01 99 00 12 34', 'Hà Nội Imports', 'Paris', 'Bâtiment C', ''],
  ['Siobhán', "O'Brien", 'siobhan.obrien@example.com', '+44 1632 960 233', "O'Brien's Bakery", 'Newcastle', 'Shop', ''],
  [
    'Maria',
    "D'Angelo",
    'maria.dangelo@example.com',
    '914-555-0186 x12',
    "D'Angelo, Ricci & Partners",
    'White Plains',
    'Suite 300',
    '',
  ],
  ['Greta', 'Lindqvist', '', '08 465 004 77', 'Lindqvist Måleri', 'Stockholm', 'Yard', 'Has no mail: call her'],
  [
    'Walter',
    'Pike',
    'wpike@booknook.example',
    '+1 (845) 555-0199',
    'The "Book Nook", Inc.',
    'Beacon',
    'Annex',
    'Ask for Maria.\nBack door, bell "2", after 17:00',
  ],
  ['José', 'Núñez', 'jose.nunez@example.com', '8455550150', 'Año Nuevo <Events>', 'Beacon', 'Building B', ''],
  [
    'Anne-Marie',
    'de la Cruz',
    'am.delacruz@example.com',
    '01.99.00.56.78',
    'Crédit Populaire',
    'Paris',
    'Bâtiment A',
    '',
  ],
];

const FIRST_NAMES =
  'Ada Aisha Alan André Ángel Anna Åsa Ben Björn Carla Céline Chen Chloë Clara Daniel Deepa Élise Emma Eoin Fatima Felix François Gül Hana Hannah Hélène Ian Inés Jack James Jana João Jorge Jürgen Kara Katarzyna Kwame Leila Liam Lucía Lucy Mateo Mia Michał Nadia Niamh Nils Noah Olga Oscar Paul Priya Rachel Renée René Ruth Sam Sara Şule Sofía Tariq Tess Tomáš Victor Wei Yasmin Zofia'.split(
    ' ',
  );
const LAST_NAMES =
  "Adeyemi Åkesson Almeida Andersson Baker Barański Brown Brûlé Çelik Chen Cohen Čapek Dąbrowski Dubois Evans Fernández Fischer Garcia Gómez Green Hall Hansen Huang Ibrahim Jackson Janssen Johnson Jørgensen Kaya Keller King Köhler Kowalski Laurent Lefèvre Lopez Marín McDonald Meyer Morgan Muñoz Novák Nguyen O'Connor O'Neill Okafor Olsen Patel Pereira Quinn Reid Rossi Roux Schäfer Silva Singh Strauß Taylor Thompson Turner Vogel Walker Weiß Wilson Wójcik Wright Young Zimmermann".split(
    ' ',
  );
const COMPANIES = [
  'Ackroyd & Daughters',
  'Albright Dental',
  'Alpenblick Hotels',
  'Baker & Baker',
  'Beacon Bicycle Works',
  'Brûlerie du Nord',
  'Café Zürich',
  'Castle Insurance, Ltd.',
  'Catskill Lumber',
  'Dubois Frères',
  'Fjord Logistics AB',
  'Fischer Maschinenbau GmbH',
  'Garden City Schools',
  'Greenwood Clinic',
  'Hall, King & Young LLP',
  'Harbor Freight Agents',
  'Ironbridge Museum',
  'Jørgensen Design',
  'Keller Optik',
  'Lark Street Press',
  'Lefèvre Traiteur',
  'Mohawk Water Authority',
  'Nordsee Energie AG',
  'Orchard Pharmacy',
  'Patel Textiles',
  'Quayside Studios',
  'River & Rail',
  'Schäfer Elektro',
  'Thames Valley Tutors',
  'Vogel & Weiß OHG',
  "Turner's Garage",
  'Union Square Deli',
];
// City, its buildings, and how a number there is written: d stands for a digit, and the part before is reserved for fiction.
const PLACES = [
  ['Poughkeepsie', ['Building A', 'Building B'], ['(845) 555-01dd', '845-555-01dd', '845.555.01dd', '+1 845 555 01dd']],
  ['New York', ['8th floor', '9th floor', 'Lobby'], ['(212) 555-01dd', '212-555-01dd', '1-212-555-01dd']],
  ['Chicago', ['Warehouse', 'Office'], ['312 555 01dd', '(312) 555-01dd']],
  ['London', ['North Wing', 'South Wing'], ['020 7946 0ddd', '+44 20 7946 0ddd']],
  ['Newcastle', ['Shop', 'Depot'], ['01632 960ddd', '+44 1632 960 ddd']],
  ['Berlin', ['Haus 1', 'Haus 2'], ['030 23125 ddd', '+49 30 23125ddd', '030/23125-ddd']],
  ['Paris', ['Bâtiment A', 'Bâtiment C'], ['01 99 00 dd dd', '01.99.00.dd.dd', '+33 1 99 00 dd dd']],
  ['Stockholm', ['Yard', 'Dock 4'], ['08-465 004 dd', '+46 8 465 004 dd']],
];
const BANDS = ['A', 'B', 'B', 'C', 'C', 'C', 'D'];
const LEVELS = ['Bronze', 'Bronze', 'Silver', 'Silver', 'Gold'];
const ASSETS = {
  laptop: ['ThinkPad T14', 'Latitude 5440', 'MacBook Air 13"'],
  desktop: ['OptiPlex 7010', 'Mac mini'],
  printer: ['LaserJet M404', 'HL-L2370DN', 'Zebra ZD421'],
  phone: ['SIP-T46U', 'CP-8845'],
  router: ['RB4011', 'ER-4'],
};
const NOTES = [
  '',
  '',
  '',
  'Next business day',
  'Renewal is under discussion',
  'Billed to head office',
  'Includes on-site visits (2 a year)',
];

// What the first customers have besides the contract in customers.csv: customer, what for, from, until, status.
const MORE_CONTRACTS = [
  [1001, 'Hosting', '2021-03-01', '2036-02-28', 'active'],
  [1001, 'Training', '2020-09-01', '2021-08-31', 'ended'],
  [1002, 'Hosting for Smith & Co', '2019-05-01', '2022-04-30', 'ended'],
  [1003, 'Umzug nach München – 2. Etappe', '2022-01-01', '2036-12-31', 'active'],
  [1008, 'Fees < 500, approved', '2022-11-15', '2035-11-14', 'blocked'],
  [1010, 'Project "Pike, west"', '2022-08-18', '2025-08-17', 'ended'],
];

/** A sequence of numbers in [0, 1) that is the same every time (mulberry32). */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const random = randomFrom(20_240_229);
const below = (limit) => Math.floor(random() * limit);
const pick = (list) => list[below(list.length)];
const day = (from, days) => new Date(Date.parse(from) + below(days) * 86_400_000).toISOString().slice(0, 10);
const addYears = (date, years) => `${Number(date.slice(0, 4)) + years}-${date.slice(5)}`.replace('-02-29', '-02-28');
const ascii = (text) =>
  text
    .normalize('NFKD')
    .replace(/ß/g, 'ss')
    .replace(/ø/gi, 'o')
    .replace(/ł/gi, 'l')
    .replace(/[^a-z0-9]+/gi, '')
    .toLowerCase();

function makeCustomers() {
  const taken = new Set(SPECIAL.map(([, , email]) => email));
  const people = Array.from({ length: CUSTOMERS }, (_, index) => SPECIAL[index] ?? makePerson(taken));
  return people.map(([first_name, last_name, email, phone, company, city, building, note], index) => {
    const starts = day('2023-01-01', 1_000);
    // The first customers have what the calls of the guide show; every fourth of the others has no contract.
    const hasContract = index < SPECIAL.length ? index !== 8 : below(4) > 0;
    return {
      customer_id: FIRST_ID + index,
      first_name,
      last_name,
      email,
      phone,
      company,
      city,
      building,
      contract: hasContract ? `SC-${starts.slice(0, 4)}-${String(FIRST_ID + index)}` : '',
      contract_end: hasContract ? addYears(starts, 3) : '',
      band: pick(BANDS),
      note,
    };
  });
}

function makePerson(taken) {
  const company = pick(COMPANIES);
  const domain = `${ascii(company)}.example`;
  let first;
  let last;
  let email;
  do {
    first = pick(FIRST_NAMES);
    last = pick(LAST_NAMES);
    email = `${ascii(first)}.${ascii(last)}@${domain}`;
  } while (taken.has(email));
  taken.add(email);
  const [city, buildings, numbers] = pick(PLACES);
  const phone = pick(numbers).replace(/d/g, () => String(below(10)));
  return [first, last, email, below(15) === 0 ? '' : phone, company, city, pick(buildings), ''];
}

function makeAssets(customers) {
  let tag = 20_001;
  return customers.flatMap(({ customer_id, building }) =>
    Array.from({ length: 1 + below(3) }, () => {
      const kind = pick(Object.keys(ASSETS));
      const purchased = day('2020-03-01', 1_900);
      return {
        asset_tag: `AT-${tag++}`,
        customer_id,
        kind,
        model: pick(ASSETS[kind]),
        serial: `${kind.slice(0, 1).toUpperCase()}${String(below(1e9)).padStart(9, '0')}`,
        building,
        purchased,
        // Seconds, as many programs store a time: the configuration names it under `dates`.
        warranty_until: Date.parse(addYears(purchased, 3)) / 1000,
      };
    }),
  );
}

function makeContracts(customers) {
  return customers
    .filter(({ contract }) => contract !== '')
    .map(({ contract, customer_id, contract_end }) => ({
      contract_no: contract,
      customer_id,
      level: pick(LEVELS),
      starts: addYears(contract_end, -3),
      ends: contract_end,
      note: pick(NOTES) || null,
    }));
}

/** What belongs to the customers, as another system would have it: some have several, some none. */
function makeContractList(customers) {
  return customers.flatMap(({ customer_id, contract, contract_end }) => {
    const starts = contract === '' ? '' : addYears(contract_end, -3);
    const main = { number: contract, customer_id, title: 'Support', starts, ends: contract_end, status: 'active' };
    const more = MORE_CONTRACTS.filter(([id]) => id === customer_id).map(([id, title, from, ends, status]) => {
      return { number: `SC-${from.slice(0, 4)}-${id}`, customer_id, title, starts: from, ends, status };
    });
    return contract === '' ? more : [main, ...more];
  });
}

/** RFC 4180, with line feeds, so that a diff is readable everywhere. */
function csvOf(rows) {
  const cell = (value) => (/[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
  const lines = [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))];
  return lines.map((line) => `${line.map(cell).join(',')}\n`).join('');
}

// The key of a column, as docs/adapters/sqlite.md explains it: with an index on it, searches stay quick in a large table.
const key = (column) =>
  `CASE WHEN typeof(${column}) = 'real' OR ${column} GLOB '*[^ -;=-~]*' OR ${column} GLOB '*  *' THEN '*' ELSE lower(trim(${column})) END`;

const SCHEMA = `
CREATE TABLE assets (
  asset_tag TEXT PRIMARY KEY,
  customer_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  model TEXT NOT NULL,
  serial TEXT NOT NULL,
  building TEXT,
  purchased TEXT NOT NULL,
  warranty_until INTEGER NOT NULL
);
CREATE TABLE contracts (
  contract_no TEXT PRIMARY KEY,
  customer_id INTEGER NOT NULL,
  level TEXT NOT NULL,
  starts TEXT NOT NULL,
  ends TEXT NOT NULL,
  note TEXT
);
CREATE INDEX assets_by_tag ON assets (${key('asset_tag')});
CREATE INDEX assets_by_customer ON assets (${key('customer_id')});
CREATE INDEX contracts_by_customer ON contracts (customer_id);
-- One row an asset with the contract it is under: what a lookup wants to show.
CREATE VIEW asset_overview AS
  SELECT a.asset_tag, a.customer_id, a.kind, a.model, a.serial, a.building, a.purchased, a.warranty_until,
         c.contract_no, c.level AS contract_level, c.ends AS contract_ends, c.note AS contract_note
  FROM assets AS a LEFT JOIN contracts AS c ON c.customer_id = a.customer_id;
`;

function writeDatabase(file, tables) {
  rmSync(file, { force: true });
  const database = new Database(file);
  database.exec(`BEGIN; ${SCHEMA}`);
  for (const [table, rows] of Object.entries(tables)) {
    const columns = Object.keys(rows[0]);
    const insert = database.prepare(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    for (const row of rows) insert.run(...Object.values(row));
  }
  database.exec('COMMIT; VACUUM');
  database.close();
}

const { positionals } = parseArgs({ allowPositionals: true });
const folder = resolve(positionals[0] ?? join(import.meta.dirname, '..', 'samples'));
const customers = makeCustomers();
writeFileSync(join(folder, 'customers.csv'), csvOf(customers));
writeFileSync(join(folder, 'contracts.csv'), csvOf(makeContractList(customers)));
writeDatabase(join(folder, 'assets.db'), { assets: makeAssets(customers), contracts: makeContracts(customers) });
