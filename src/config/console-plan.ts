/** `console:` with what it needs of the rest of the configuration. */
import type { ConsolePlan, ServerPlan } from '../gateway/plan.ts';
import { pathFrom } from './paths.ts';
import type { Report } from './report.ts';
import { consoleSection } from './sections/console.ts';

/**
 * Undefined when something is wrong; then the report has it.
 * @param directory of the file, which paths are relative to
 */
export function consolePlan(report: Report, directory: string, server: ServerPlan): ConsolePlan | undefined {
  const plan = report.check(consoleSection, ['console']);
  if (plan === undefined) return undefined;
  const { proxyUser, openid } = plan;
  const isAlone = server.trustProxy.length === 0;
  if (proxyUser !== undefined && isAlone) {
    const words = 'is believed of nobody while server.trustProxy is empty; write the address of the proxy there';
    report.add(['console', 'proxyUser'], words);
  }
  if (openid === undefined) return plan;
  if (openid.redirect === undefined && isAlone) {
    // What a caller writes into Host is anybody's word.
    const words =
      'is needed while server.trustProxy is empty: the gateway does not know its outside address; write redirect: https://gateway.example.com/console/sign-in/openid';
    report.add(['console', 'openid', 'redirect'], words);
  }
  const { tls } = openid.http;
  if (tls?.ca === undefined) return plan;
  return { ...plan, openid: { ...openid, http: { ...openid.http, tls: { ...tls, ca: pathFrom(directory, tls.ca) } } } };
}
