/** What an administrator writes about a repository of GitHub. */

import * as z from 'zod';
import { httpShape, webAddress } from '../../src/kit/http/index.ts';

/** The schema. */
export const settings = z.strictObject({
  ...httpShape,
  repository: z
    .string()
    .regex(/^[\w-]+\/(?!\.{1,2}$)[\w.-]+$/)
    .describe('Owner and name, as in the address of the repository.')
    .meta({ title: 'OWNER/NAME', examples: ['example/website'] }),
  token: z
    .string()
    .min(1)
    .describe(
      'A fine-grained personal access token with Issues: read and write: "${NAME}" takes it from the environment.',
    )
    .meta({ examples: ['${GITHUB_TOKEN}'] }),
  url: webAddress
    .default('https://api.github.com')
    .describe('The address of the API. Enterprise Server: https://HOST/api/v3; GHE.com: https://api.SUBDOMAIN.ghe.com.')
    .meta({ examples: ['https://github.example.com/api/v3'] }),
  apiVersion: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/)
    .optional()
    .describe(
      'The version of the API. Left out: 2026-03-10, and 2022-11-28 for an Enterprise Server, which all of them know.',
    )
    .meta({ title: 'a version such as 2026-03-10', examples: ['2026-03-10'] }),
});

/** The settings, checked. */
export type Settings = z.output<typeof settings>;

/** https://docs.github.com/en/rest/about-the-rest-api/api-versions: a version that a server does not know is a 400. */
export function versionOf({ apiVersion, url }: Settings): string {
  return apiVersion ?? (/\/api\/v3\/*$/.test(url) ? '2022-11-28' : '2026-03-10');
}

/** The address of the repository for people. */
export function pagesOf({ url, repository }: Pick<Settings, 'url' | 'repository'>): string {
  // https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api: `api.` before the host, or a path.
  const { protocol, host } = new URL(url);
  return `${protocol}//${host.replace(/^api\./, '')}/${repository}`;
}
