/** The adapters by the word after `adapter:` in the configuration. Lazy: a gateway pays only for what its file names. */
import type { Adapter } from '../src/contract/index.ts';

/** How each adapter is loaded. */
export const adapters = {
  activecollab: async () => (await import('./activecollab/index.ts')).default,
  'azure-ad': async () => (await import('./azure-ad/index.ts')).default,
  campfire: async () => (await import('./campfire/index.ts')).default,
  'ccai-platform': async () => (await import('./ccai-platform/index.ts')).default,
  csv: async () => (await import('./csv/index.ts')).default,
  email: async () => (await import('./email/index.ts')).default,
  fogbugz: async () => (await import('./fogbugz/index.ts')).default,
  github: async () => (await import('./github/index.ts')).default,
  'help-lightning': async () => (await import('./help-lightning/index.ts')).default,
  helpspot: async () => (await import('./helpspot/index.ts')).default,
  highrise: async () => (await import('./highrise/index.ts')).default,
  http: async () => (await import('./http/index.ts')).default,
  jira: async () => (await import('./jira/index.ts')).default,
  ldap: async () => (await import('./ldap/index.ts')).default,
  livehelperchat: async () => (await import('./livehelperchat/index.ts')).default,
  mssql: async () => (await import('./mssql/index.ts')).default,
  mysql: async () => (await import('./mysql/index.ts')).default,
  postgres: async () => (await import('./postgres/index.ts')).default,
  shopify: async () => (await import('./shopify/index.ts')).default,
  sqlite: async () => (await import('./sqlite/index.ts')).default,
  webhook: async () => (await import('./webhook/index.ts')).default,
} satisfies Readonly<Record<string, () => Promise<Adapter>>>;
