/** LDAP directories: Active Directory, OpenLDAP, 389 Directory Server. See docs/adapters/ldap.md. */
import { defineAdapter } from '../../src/contract/index.ts';
import { presets } from './presets.ts';
import { settings } from './settings.ts';

export default defineAdapter({
  name: 'ldap',
  title: 'LDAP directory',
  titleOf: ({ preset }) => (preset === undefined ? 'LDAP directory' : presets[preset].title),
  settings,
  reachedBy: ['bindPassword', 'tls', 'startTls', 'pageSize', 'connectTimeout', 'searchTimeout', 'connections'],
  async open(values, services) {
    const { openDirectory } = await import('./directory.ts');
    return await openDirectory(values, services);
  },
});
