/** `console.openid:` */
import * as z from 'zod';
import type { OpenIdPlan } from '../../gateway/plan.ts';
import { httpShape, webAddress } from '../../kit/http/index.ts';
import { parsedAddress } from '../../kit/text/index.ts';
import { DEFAULTS } from '../defaults.ts';
import { mistake } from './common.ts';
import { isLoopbackHost } from './server.ts';

/** Where the provider sends the browser back to, on the gateway's own address. */
const ANSWER_PATH = '/console/sign-in/openid';

/** What the provider is asked for beside `openid`: the claims of the default names. */
const USUAL_SCOPES = ['openid', 'profile', 'email'];

const claim = z.string().min(1).max(200);
const values = z.array(z.string().min(1).max(200)).max(100).default([]);

const roles = z
  .strictObject({
    claim: claim
      .meta({
        description: 'The claim that has the groups or roles of somebody: a list of texts, or one text.',
        examples: [DEFAULTS.openIdGroups],
      })
      .default(DEFAULTS.openIdGroups),
    administrator: values.meta({ description: 'Values of `claim` that make an administrator.' }),
    operator: values.meta({ description: 'Values of `claim` that make an operator.' }),
    viewer: values.meta({ description: 'Values of `claim` that make a viewer.' }),
  })
  .superRefine(({ administrator, operator, viewer }, context) => {
    if (administrator.length + operator.length + viewer.length > 0) return;
    context.addIssue({ code: 'custom', message: 'gives no role; write for example administrator: [gateway-admins]' });
  })
  .meta({
    description: 'Roles of people who are not among `users`, by their groups. The highest one counts.',
    examples: [{ claim: 'groups', administrator: ['gateway-admins'] }],
  });

/** The provider that signs people in. */
export const openIdSetting = z
  .strictObject({
    issuer: webAddress
      .max(500)
      .superRefine(mistake(issuerMistake))
      .meta({
        title: 'an address',
        description:
          'The issuer, exactly as the provider writes it; /.well-known/openid-configuration stands below it.',
        examples: ['https://login.example.com/realms/staff'],
      }),
    clientId: z
      .string()
      .min(1)
      .max(200)
      .meta({ description: 'The id of the gateway at the provider.', examples: ['helpspot-gateway'] }),
    clientSecret: z
      .string()
      .min(1)
      .max(1_000)
      .meta({ description: 'The secret of the gateway at the provider.', examples: [`\${OPENID_SECRET}`] }),
    redirect: webAddress
      .max(500)
      .superRefine(mistake(redirectMistake))
      .optional()
      .meta({
        title: 'an address',
        description: `Where the provider sends the browser back to: the outside address of the gateway with ${ANSWER_PATH}. Left out: what a proxy of server.trustProxy says in X-Forwarded-Proto and X-Forwarded-Host.`,
        examples: [`https://gateway.example.com${ANSWER_PATH}`],
      }),
    title: z
      .string()
      .min(1)
      .max(60)
      .optional()
      .meta({
        description: 'What the provider is called on the sign-in page. Left out: its host.',
        examples: ['Example Inc.'],
      }),
    scopes: z
      .array(z.string().regex(/^[!#-[\]-~]{1,100}$/))
      .max(20)
      .default(USUAL_SCOPES)
      .meta({
        description: 'What the provider is asked for; openid always is.',
        examples: [['profile', 'email', 'groups']],
      }),
    nameClaim: claim.optional().meta({
      description:
        'The claim that has the name by which users are found. Left out: preferred_username, else email. An e-mail address counts only with email_verified.',
      examples: ['preferred_username'],
    }),
    roles: roles.optional(),
    tls: httpShape.tls,
    proxy: httpShape.proxy,
  })
  .meta({
    description: 'People sign in to the console at an OpenID Connect provider.',
    examples: [
      {
        issuer: 'https://login.example.com/realms/staff',
        clientId: 'helpspot-gateway',
        clientSecret: `\${OPENID_SECRET}`,
      },
    ],
  })
  .transform(
    ({ issuer, clientId, clientSecret, redirect, title, scopes, nameClaim, roles, tls, proxy }): OpenIdPlan => ({
      ...{ issuer, clientId, clientSecret, redirect, nameClaim },
      title: title ?? new URL(issuer).host,
      scopes: [...new Set(['openid', ...scopes])],
      roles: roles && { claim: roles.claim, values: roles },
      http: { tls, proxy },
    }),
  );

/** Microsoft Entra ID, also that of national clouds: https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud */
const ENTRA_HOSTS: readonly string[] = [
  ...['login.microsoftonline.com', 'login.windows.net', 'sts.windows.net', 'login.microsoftonline.us'],
  ...['login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
];
/** In the place of a tenant: people of many (https://learn.microsoft.com/entra/identity-platform/v2-protocols). */
const ENTRA_OF_MANY: readonly string[] = ['common', 'organizations', 'consumers'];

function issuerMistake(text: string): string | undefined {
  const url = parsedAddress(text);
  if (url === undefined) return undefined;
  // OpenID Connect Discovery 1.0, 3: no query, no fragment.
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    return 'must be the address alone, without name, password, ? and #';
  }
  if (url.pathname.includes('/.well-known/')) return 'must be the part before /.well-known/';
  const tenant = ENTRA_HOSTS.includes(url.hostname) ? url.pathname.split('/')[1] : undefined;
  if (tenant !== undefined && ENTRA_OF_MANY.includes(tenant.toLowerCase())) {
    return `must be the issuer of one tenant, with its id in the place of ${tenant}: people of any company sign in there`;
  }
  return insecure(url);
}

function redirectMistake(text: string): string | undefined {
  const url = parsedAddress(text);
  if (url === undefined) return undefined;
  if (url.pathname !== ANSWER_PATH || url.search !== '' || url.hash !== '' || url.username !== '') {
    return `must be the outside address of the gateway with ${ANSWER_PATH}, as it is registered at the provider`;
  }
  return insecure(url);
}

/** Whoever is on the way could sign in as anybody. */
function insecure({ protocol, hostname }: URL): string | undefined {
  const isHere = isLoopbackHost(hostname.replace(/^\[|\]$/g, ''));
  return protocol === 'https:' || isHere ? undefined : 'must begin with https://; http:// is for this machine only';
}
