/** The adapter suite over a searching JSON API, and over an XML list that the gateway looks through itself. */
import { afterAll, beforeAll } from 'vitest';
import http from '../../../adapters/http/index.ts';
import { describeAdapter } from '../../support/adapter-suite.ts';
import type { StandIn } from '../../support/http/stand-in.ts';
import { PEOPLE_TOKEN, startPeopleApi } from '../../support/web/people-api.ts';

let api: StandIn;

beforeAll(async () => {
  api = await startPeopleApi();
});
afterAll(() => api.close());

const auth = { bearer: PEOPLE_TOKEN };
const outage = {
  begin: () => {
    api.faults = Array.from({ length: 20 }, () => 'cut-before' as const);
  },
  end: () => {
    api.faults = [];
  },
};

describeAdapter({
  name: 'http (JSON)',
  adapter: http,
  settings: () => ({
    url: `${api.url}/search`,
    auth,
    json: {
      where: {
        customer_id: '{{customer_id}}',
        first_name: '{{first_name}}',
        last_name: '{{last_name}}',
        email: '{{email}}',
        phone: '{{phone}}',
        company: '{{company}}',
      },
    },
    records: '$.data.items',
    paging: { by: 'page', in: 'json', more: '$.data.more' },
    fields: {
      customer_id: 'id',
      first_name: 'name.first',
      last_name: '$.name.last',
      email: 'email',
      phone: "$['phone']",
      company: 'company',
    },
  }),
  outage,
});

describeAdapter({
  name: 'http (XML, a list)',
  adapter: http,
  settings: () => ({
    url: `${api.url}/people.xml`,
    auth,
    format: 'xml',
    namespaces: { p: 'urn:example:people' },
    records: '/p:people/person',
    paging: { by: 'link' },
    fields: {
      customer_id: '@id',
      first_name: 'first_name',
      last_name: 'p:last_name',
      email: 'email',
      phone: 'string(phone)',
      company: 'company/text()',
    },
  }),
  outage,
});
