/** People in Microsoft Entra ID (Azure AD), found through Microsoft Graph. */
import { defineAdapter, type Services } from '../../src/contract/index.ts';
import { TokenKeeper } from '../../src/kit/http/index.ts';
import { credentialsOf, fetchToken, readPem, type SignIn, WHO } from './credentials.ts';
import { fieldsOf } from './fields.ts';
import { Graph } from './graph.ts';
import { listOf } from './listing.ts';
import { peopleOf } from './people.ts';
import { type Settings, settings } from './settings.ts';
import { sourceFieldsOf } from './source-fields.ts';
import { openWire } from './wire.ts';

export default defineAdapter({
  name: 'azure-ad',
  title: 'Azure AD',
  settings,
  reachedBy: ['clientSecret', 'certificate', 'certificatePassword', 'ca', 'proxy', 'pageSize'],
  identifiedBy: ['tenantId'],

  async open(settings, services) {
    const [identity, graphClient] = await Promise.all([
      import('@azure/identity'),
      import('@microsoft/microsoft-graph-client'),
    ]);
    const { authority, graphUrl, phoneFormats, filter, pageSize } = settings;
    const ca = settings.ca === undefined ? undefined : await readPem(services.resolve(settings.ca));
    const wire = await openWire({ ca, proxy: settings.proxy });
    const open = credentialsOf(identity, signInOf(settings, services), authority, wire);
    const tokens = new TokenKeeper(WHO, (signal) => fetchToken(open, `${graphUrl}/.default`, signal));
    const graph = new Graph({ library: graphClient, origin: graphUrl, tokens, wire, log: services.log });
    const fields = fieldsOf(settings.fields, settings.alsoSearch);
    const people = peopleOf(graph, { fields, phoneFormats, filter, pageSize }, services.log);
    return {
      check: ({ signal }) => people.check(signal),
      find: people.find,
      findsGroups: true,
      list: listOf(graph, { fields, filter }, services.log),
      listsChanges: true,
      parameters: [],
      fields: () => Promise.resolve(sourceFieldsOf(fields)),
      close() {
        tokens.close();
        return wire.close();
      },
    };
  },
});

function signInOf(values: Settings, services: Services): SignIn {
  const { tenantId = '', clientId = '', clientSecret, certificate, credential } = values;
  if (clientSecret !== undefined) return { kind: 'secret', tenantId, clientId, clientSecret };
  if (certificate !== undefined) {
    const file = services.resolve(certificate);
    return { kind: 'certificate', tenantId, clientId, file, password: values.certificatePassword };
  }
  if (credential === 'managed-identity') return { kind: credential, clientId: values.clientId };
  return { kind: 'default', tenantId: values.tenantId, clientId: values.clientId };
}
