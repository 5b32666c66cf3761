/** The adapters by the word after `adapter:` in the configuration. Lazy: a gateway pays only for what its file names. */
import type { Adapter } from '../src/gateway/adapter.ts';

/** How each adapter is loaded. */
export const adapters = {
  'azure-ad': async () => (await import('./azure-ad.ts')).default,
  csv: async () => (await import('./csv.ts')).default,
  ldap: async () => (await import('./ldap.ts')).default,
  mssql: async () => (await import('./mssql.ts')).default,
  mysql: async () => (await import('./mysql.ts')).default,
  postgres: async () => (await import('./postgres.ts')).default,
  sqlite: async () => (await import('./sqlite.ts')).default,
} satisfies Readonly<Record<string, () => Promise<Adapter>>>;
