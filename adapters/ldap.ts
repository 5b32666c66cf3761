/** LDAP directories: Active Directory, OpenLDAP, 389 Directory Server. See docs/adapters/ldap.md. */
import { defineAdapter } from '../src/gateway/adapter.ts';
import { presets } from './ldap/presets.ts';
import { settings } from './ldap/settings.ts';

export default defineAdapter({
  name: 'ldap',
  title: 'LDAP directory',
  titleOf: ({ preset }) => (preset === undefined ? 'LDAP directory' : presets[preset].title),
  settings,
  async open(values, services) {
    const { openDirectory } = await import('./ldap/directory.ts');
    return await openDirectory(values, services);
  },
});
