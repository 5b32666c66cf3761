/** The adapters by the word after `adapter:` in the configuration. Lazy: a gateway pays only for what its file names. */
import type { Adapter } from '../src/gateway/adapter.ts';

/** How each adapter is loaded. */
export const adapters = {
  activecollab: async () => (await import('./activecollab.ts')).default,
  'azure-ad': async () => (await import('./azure-ad.ts')).default,
  campfire: async () => (await import('./campfire.ts')).default,
  csv: async () => (await import('./csv.ts')).default,
  email: async () => (await import('./email.ts')).default,
  fogbugz: async () => (await import('./fogbugz.ts')).default,
  github: async () => (await import('./github.ts')).default,
  highrise: async () => (await import('./highrise.ts')).default,
  http: async () => (await import('./http.ts')).default,
  jira: async () => (await import('./jira.ts')).default,
  ldap: async () => (await import('./ldap.ts')).default,
  mssql: async () => (await import('./mssql.ts')).default,
  mysql: async () => (await import('./mysql.ts')).default,
  postgres: async () => (await import('./postgres.ts')).default,
  shopify: async () => (await import('./shopify.ts')).default,
  sqlite: async () => (await import('./sqlite.ts')).default,
  webhook: async () => (await import('./webhook.ts')).default,
} satisfies Readonly<Record<string, () => Promise<Adapter>>>;
