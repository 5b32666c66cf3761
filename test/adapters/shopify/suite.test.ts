import { afterAll } from 'vitest';
import shopify from '../../../adapters/shopify/index.ts';
import { describeAdapter, describeListing, type SuiteCustomer, suiteCustomers } from '../../support/adapter-suite.ts';
import { numbered } from '../../support/numbered.ts';
import type { ShopCustomer } from '../../support/shopify/data.ts';
import { startShopify } from '../../support/shopify/server.ts';

const shopCustomer = (
  { customer_id, first_name, last_name, email, phone, company }: SuiteCustomer,
  updatedAt?: string,
): ShopCustomer => ({
  id: Number(numberOf(customer_id)),
  ...(updatedAt === undefined ? {} : { updatedAt }),
  ...(first_name === undefined ? {} : { firstName: first_name }),
  ...(last_name === undefined ? {} : { lastName: last_name }),
  ...(email === undefined ? {} : { email }),
  ...(phone === undefined ? {} : { phone: `+${phone.replace(/\D/g, '').replace(/^00/, '')}` }),
  ...(company === undefined ? {} : { address: { company } }),
});

/** Of the suite and of its listings; each letter has numbers of its own. */
const LETTERS = 'CALMZ';
const numberOf = (id: string): string | undefined => {
  const [, letter = '', digits = ''] = /^([CALMZ])(\d+)$/.exec(id) ?? [];
  return digits === '' ? undefined : String(LETTERS.indexOf(letter) * 100_000 + Number(digits));
};
const idOf = (number: string): string => {
  const [letter, digits] = [LETTERS[Math.floor(Number(number) / 100_000)], String(Number(number) % 100_000)];
  return `${letter}${letter === 'C' ? digits : digits.padStart(5, '0')}`;
};

const shop = await startShopify({ orders: [], customers: suiteCustomers.map((one) => shopCustomer(one)) });
afterAll(() => shop.close());

const adapter = numbered(shopify, { toSystem: numberOf, fromSystem: idOf });

/** More than a source asks in one case. */
const MANY = 40;

const outage = {
  begin: () => {
    shop.standIn.faults = Array.from({ length: MANY }, () => 'cut-before');
  },
  end: () => {
    shop.standIn.faults = [];
  },
};

describeAdapter({
  name: 'shopify',
  adapter,
  settings: () => shop.settings,
  outage,
  skip: {
    'returns the values as they are in the system': 'Shopify writes every telephone number as + and digits',
    'telephones are found however they are written':
      'Shopify keeps numbers with + and their country, which some of the suite do not have; see customers.test.ts',
    'telephones without a country are those of the country that is set':
      'Shopify keeps numbers with + and their country, which some of the suite do not have; see customers.test.ts',
    'a value with markup is found by what HelpSpot inserts of it':
      'Shopify finds words, and whether `<b>Bold</b>` is one is documented nowhere; what it finds is compared without tags',
    'names ignore accents': 'whether Shopify finds Müller by muller is documented nowhere',
  },
});

describeListing({
  name: 'shopify',
  adapter,
  size: 260,
  system() {
    shop.heal();
    const customers = new Map<string, ShopCustomer>();
    const write = () => {
      shop.data = { orders: [], customers: [...customers.values()] };
    };
    write();
    return {
      settings: shop.settings,
      outage,
      async put(some, at = new Date()) {
        for (const one of some) customers.set(one.customer_id, shopCustomer(one, at.toISOString()));
        write();
      },
      async remove(ids) {
        for (const id of ids) customers.delete(id);
        write();
      },
    };
  },
});
