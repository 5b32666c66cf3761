/** A gateway with a console for one file of tests, and people who are signed in to it. */
import { createGateway } from '../../../src/gateway/gateway.ts';
import type { ConsoleRole, GatewayPlan } from '../../../src/gateway/plan.ts';
import { listen } from '../../../src/http/listen.ts';
import { recordedLog } from '../../support/log.ts';

/** The header in which the tests' proxy says who calls: nobody has to sign in, which takes time. */
const PROXY_USER = 'x-forwarded-user';

/** Starts it. Users are called as their roles. */
export async function consoleGateway(plan: GatewayPlan) {
  const roles: readonly ConsoleRole[] = ['viewer', 'operator', 'administrator'];
  const log = recordedLog();
  const gateway = createGateway(
    {
      ...plan,
      server: { ...plan.server, trustProxy: ['127.0.0.1'] },
      console: { users: roles.map((role) => ({ name: role, role })), proxyUser: PROXY_USER, sessionMs: 3_600_000 },
    },
    { log },
  );
  const server = await listen(gateway);
  return {
    log,
    /** A page, with what was filled into its form. */
    async page(
      path: string,
      filled: Readonly<Record<string, string>> = {},
      role: ConsoleRole = 'viewer',
      language = 'en',
    ) {
      const query = new URLSearchParams(filled);
      const answer = await fetch(`${server.url}/console/${path}?${query}`, {
        headers: { [PROXY_USER]: role, 'Accept-Language': language },
      });
      return { status: answer.status, headers: answer.headers, html: await answer.text() };
    },
    async close() {
      await server.close();
      await gateway.close();
    },
  };
}
