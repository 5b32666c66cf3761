/** What the failures of Microsoft Entra ID, Microsoft Graph and the way there mean to an administrator. */
import { SourceError } from '../../src/contract/index.ts';
import { ExchangeFailure } from '../../src/kit/http/index.ts';
import { codeOf } from '../../src/kit/text/index.ts';

const NEW_SECRET =
  'make a new one in the Entra portal (App registrations, the app, Certificates & secrets) and put its Value into clientSecret';

/** https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const AADSTS: Readonly<Record<string, readonly [says: string, remedy: string]>> = {
  7000215: ['the client secret is not right', `${NEW_SECRET} (the Value, not the Secret ID)`],
  7000222: ['the client secret has expired', NEW_SECRET],
  700016: [
    'the application (clientId) is unknown in the tenant',
    'copy the Application (client) ID from the Overview of the app registration, and check tenantId',
  ],
  90002: [
    'the tenant (tenantId) is unknown',
    'copy the Directory (tenant) ID from the Overview of the app registration, and check authority',
  ],
  900023: ['the tenantId is neither a GUID nor a domain', 'copy the Directory (tenant) ID from the portal'],
  700027: [
    'the certificate is not known to the application',
    'upload it in the Entra portal (App registrations, the app, Certificates & secrets, Certificates)',
  ],
  700024: ['the assertion is not valid now', 'set the clock of this machine'],
  65001: [
    'an administrator has not consented to the permissions of the application',
    'in the Entra portal, under API permissions, click "Grant admin consent"',
  ],
  7000112: ['the application is disabled', 'enable it in the Entra portal, under Enterprise applications'],
  53003: [
    'a Conditional Access policy blocks the application',
    'let the policy for workload identities allow this machine',
  ],
  500011: ['Microsoft Graph is not at this address in the tenant', 'check graphUrl; it belongs to authority'],
  1002012: ['Microsoft Graph is not at this address', 'check graphUrl; it belongs to the same cloud as authority'],
};

/** What stands before the numbers of the call, which come on lines of their own or after `Trace ID:`. */
function ownWords(description: string): string {
  const end = description.search(/\n|Trace ID:/);
  if (end === -1) return description;
  const words = description.slice(0, end).trimEnd();
  return words.endsWith('.') ? words.slice(0, -1) : words;
}

/** The failure for an error body of the token endpoint; undefined when it has no AADSTS code. */
export function asTokenRefusal(description: string): SourceError | undefined {
  const code = /AADSTS(\d+)/.exec(description)?.[1];
  if (code === undefined) return undefined;
  const [says, remedy] = AADSTS[code] ?? [];
  if (says === undefined) {
    return new SourceError('unauthorized', `Microsoft Entra ID refused the sign-in: ${ownWords(description)}`, {
      remedy: `see https://login.microsoftonline.com/error?code=${Number(code)}`,
    });
  }
  return new SourceError('unauthorized', `Microsoft Entra ID: ${says} (AADSTS${code})`, { remedy });
}

/** An error of Graph: status, `error.code` and `error.message`. */
export interface GraphError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The failure for an answer of Graph that is no success; throttling is not among them. */
export function asGraphRefusal({ status, code, message }: GraphError): SourceError {
  const words = `Microsoft Graph answered ${status}${code === '' ? '' : ` ${code}`}${message === '' ? '' : `: ${message}`}`;
  if (status === 401) {
    const remedy = 'check that graphUrl and authority belong to the same cloud, and that the application still exists';
    return new SourceError('unauthorized', words, { remedy });
  }
  if (status === 403) {
    const remedy =
      'give the app registration the application permission (not delegated) User.Read.All of Microsoft Graph, and click "Grant admin consent"';
    return new SourceError('unauthorized', words, { remedy });
  }
  if (status >= 500) return new SourceError('unreachable', words, { remedy: 'see https://status.cloud.microsoft' });
  return new SourceError('rejected', words, { remedy: 'check fields, alsoSearch and filter of the source' });
}

const CERTIFICATE_CODES = /CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL/;

/** No answer: the name, the connection or its encryption failed. What is a {@link SourceError} already stays one. */
export function asConnectionFailure(error: unknown, url: string): SourceError {
  if (error instanceof SourceError) return error;
  const code = codeOf(error);
  const host = new URL(url).host;
  if (error instanceof ExchangeFailure && error.proxyStatus !== undefined) {
    const message = `the proxy does not connect to ${host} (it answered ${error.proxyStatus})`;
    const remedy = 'let the proxy connect to this host; if it wants a password: proxy: http://name:password@proxy:3128';
    return new SourceError('unreachable', message, { remedy });
  }
  if (CERTIFICATE_CODES.test(code)) {
    const message = `the certificate of ${host} is not trusted (${code})`;
    const remedy = 'if a proxy opens the encryption, name the file with its certificate authority: ca: proxy-ca.pem';
    return new SourceError('unreachable', message, { remedy });
  }
  const says = code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'its name is not known here' : code || 'no connection';
  return new SourceError('unreachable', `${host} cannot be reached (${says})`, {
    remedy: 'check authority and graphUrl, the name server, and that the firewall lets this machine out on port 443',
  });
}
