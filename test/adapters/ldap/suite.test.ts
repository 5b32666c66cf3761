import { afterAll, beforeAll, describe } from 'vitest';
import ldap from '../../../adapters/ldap/index.ts';
import { describeAdapter } from '../../support/adapter-suite.ts';
import { borrowActiveDirectory } from '../../support/directory/active-directory.ts';
import { requireActiveDirectory, requireOpenLdap } from '../../support/directory/availability.ts';
import { borrowOpenLdap } from '../../support/directory/openldap.ts';
import type { DirectoryServer } from '../../support/directory/server.ts';
import { type Availability, reasonOf } from '../../support/packages.ts';

const ACCENTS = 'a directory compares by the rules of its schema, and this one keeps accents';

/** The suite on one kind of server. */
function describeDirectory(
  name: string,
  available: Availability,
  borrow: (options: object) => Promise<DirectoryServer>,
  own: Readonly<Record<string, unknown>>,
): void {
  describe.skipIf(!available.ok)(`ldap${reasonOf(available)}`, () => {
    let server: DirectoryServer | undefined;
    const running = () => {
      if (server === undefined) throw new Error('the server did not start');
      return server;
    };
    beforeAll(async () => {
      server = await borrow({});
    });
    afterAll(() => server?.stop());

    describeAdapter({
      name: `ldap, ${name}`,
      adapter: ldap,
      settings: () => {
        const { tlsUrl: url, caFile: ca, bindDn, bindPassword, suiteBaseDn: baseDn } = running();
        return { url, tls: { ca }, bindDn, bindPassword, baseDn, ...own };
      },
      outage: { begin: () => running().kill(), end: () => running().restart() },
      skip: { 'names ignore accents': ACCENTS },
    });
  });
}

describeDirectory('OpenLDAP', await requireOpenLdap(), borrowOpenLdap, {
  preset: 'openldap',
  attributes: { customer_id: 'employeeNumber' },
});

describeDirectory('Active Directory', await requireActiveDirectory(), borrowActiveDirectory, {
  preset: 'active-directory',
  // Active Directory takes at most 64 characters in company.
  attributes: { customer_id: 'employeeID', company: 'comment' },
});
