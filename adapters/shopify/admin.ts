/** Questions to the GraphQL Admin API of a shop: within its budget of points, and asked again when it throttles. */
import { type CallContext, type Log, SourceError } from '../../src/contract/index.ts';
import { type BudgetStart, type CostBudget, type HttpClient, pathOf, SystemClock } from '../../src/kit/http/index.ts';
import { type GraphqlAnswer, readGraphql } from './answer.ts';
import { asStatusRefusal, isThrottling, OWN_STATUSES, wordsOfProblems } from './failures.ts';

/** A query that only reads. */
export interface Question {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The most points that it can cost, as far as we can tell. */
  readonly points: number;
}

/** What an {@link Admin} works with. */
export interface AdminParts {
  readonly http: HttpClient;
  /** Made like {@link START}. */
  readonly budget: CostBudget;
  /** `example.myshopify.com` */
  readonly shop: string;
  readonly apiVersion: string;
  readonly log: Log;
}

/**
 * A question may cost no more. https://shopify.dev/docs/api/usage/limits: "A single query may not exceed a cost of
 * 1,000 points". Some are kept in reserve, since the counting is Shopify's.
 */
export const MOST_POINTS = 900;
const MOST_ATTEMPTS = 4;
/** Of a standard plan, until Shopify says which it is. */
export const START: BudgetStart = { system: 'Shopify', maximumAvailable: 2_000, restoreRate: 100 };

/** The Admin API of a shop. */
export class Admin {
  readonly clock = new SystemClock();
  readonly #parts: AdminParts;
  /** What a query with so many records really costs, once Shopify has said it. */
  readonly #costs = new Map<string, number>();
  #hasWarned = false;

  constructor(parts: AdminParts) {
    this.#parts = parts;
  }

  /**
   * Asks. The answer may have data, problems, or both.
   * @throws {SourceError}
   */
  async ask(question: Question, context: CallContext): Promise<GraphqlAnswer> {
    const { query, variables } = question;
    const shape = `${query} ${String(variables['first'] ?? '')}`;
    const { budget } = this.#parts;
    for (let attempt = 1; ; attempt += 1) {
      await budget.take(this.#costs.get(shape) ?? question.points, context.signal);
      const answer = await this.#send(query, variables, context);
      if (answer.throttleStatus !== undefined) budget.learn(answer.throttleStatus);
      if (answer.requestedQueryCost !== undefined) this.#costs.set(shape, answer.requestedQueryCost);
      if (!answer.problems.some(isThrottling)) return answer;
      this.#parts.log.debug({ attempt, cost: answer.requestedQueryCost }, 'Shopify throttles');
      if (attempt === MOST_ATTEMPTS) throw throttled(answer);
      // Without a word about the budget, it is as good as empty.
      if (answer.throttleStatus === undefined) budget.learn({ ...START, currentlyAvailable: 0 });
    }
  }

  /** https://shopify.dev/docs/api/admin-graphql: POST, the version in the path, the values as variables. */
  async #send(query: string, variables: Question['variables'], { signal, reference }: CallContext) {
    const { http, apiVersion, shop } = this.#parts;
    const path = pathOf`/admin/api/${apiVersion}/graphql.json`;
    const json = { query, variables };
    const request = { method: 'POST', path, json, reference, repeatable: true, expect: OWN_STATUSES } as const;
    const answer = await http.request(request, signal);
    if (answer.status >= 400) throw asStatusRefusal(answer, shop);
    this.clock.learn(answer);
    this.#lookAtVersion(answer.header('x-shopify-api-version'));
    return readGraphql(answer);
  }

  /** A version that has ended is answered by the oldest that there is. https://shopify.dev/docs/api/usage/versioning */
  #lookAtVersion(answered: string | undefined): void {
    const { apiVersion, log } = this.#parts;
    if (answered === undefined || answered === apiVersion || this.#hasWarned) return;
    this.#hasWarned = true;
    log.warn({ apiVersion, answered }, 'Shopify answers as another version; write a supported one at apiVersion');
  }
}

function throttled({ problems }: GraphqlAnswer): SourceError {
  return new SourceError('rate-limited', `Shopify asks us to slow down: ${wordsOfProblems(problems)}`, {
    retryAfterMs: 1_000,
    remedy: 'another program may use the same app; give the gateway its own',
  });
}
