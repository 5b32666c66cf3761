/** What `helpspot-gateway check` says of the OpenID Connect provider: what it tells of itself, as far as that can be read unasked. */
import { withDeadlineWithin } from '../../../contract/index.ts';
import type { OpenIdPlan } from '../../../gateway/plan.ts';
import { asOpenIdFailure, OpenIdFailure } from './failure.ts';
import { OpenIdProvider } from './provider.ts';

/** Whether people can sign in at the provider. */
export interface OpenIdCheck {
  /** Undefined: nothing is wrong that could be seen. */
  readonly problem: string | undefined;
  readonly warnings: readonly string[];
  readonly milliseconds: number;
}

/** Reads the discovery document. Client id and secret show only when somebody signs in. */
export async function checkOpenId(plan: OpenIdPlan, deadlineMs: number): Promise<OpenIdCheck> {
  const began = performance.now();
  const done = (problem: string | undefined, warnings: readonly string[] = []) => ({
    problem,
    warnings,
    milliseconds: Math.round(performance.now() - began),
  });
  try {
    const provider = new OpenIdProvider(plan);
    const metadata = await withDeadlineWithin(deadlineMs, undefined, (signal) => provider.metadata(signal));
    const { code_challenge_methods_supported: challenges, scopes_supported: scopes } = metadata;
    const unknown = plan.scopes.filter((scope) => scopes?.includes(scope) === false);
    const warnings = [
      challenges?.includes('S256') === false && 'the provider does not say that it knows PKCE with S256',
      unknown.length > 0 && `the provider does not name the scopes ${unknown.join(', ')} among those that it knows`,
      plan.redirect === undefined &&
        'the address to come back to is what the proxy says in X-Forwarded-Proto and X-Forwarded-Host; write redirect to have it fixed',
    ];
    return done(
      undefined,
      warnings.filter((one) => one !== false),
    );
  } catch (error) {
    const failure = asOpenIdFailure(error, 'discovery');
    if (failure instanceof OpenIdFailure) return done(failure.message);
    throw error;
  }
}
