/** Answers of Graph that are no success, with the words that Graph uses. */

/** A refusal: the body is `{"error": {code, message, innerError}}`; https://learn.microsoft.com/graph/errors */
export class GraphRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  /** The body as Graph writes it. */
  body(): string {
    const requestId = crypto.randomUUID();
    const innerError = {
      date: new Date().toISOString().slice(0, 19),
      'request-id': requestId,
      'client-request-id': requestId,
    };
    return JSON.stringify({ error: { code: this.code, message: this.message, innerError } });
  }
}

/** A query that Graph cannot parse. */
export function badRequest(message: string): GraphRefusal {
  return new GraphRefusal(400, 'BadRequest', message);
}

/** A query that Graph understands and does not serve. */
export function unsupported(message: string): GraphRefusal {
  return new GraphRefusal(400, 'Request_UnsupportedQuery', message);
}

/** https://learn.microsoft.com/graph/aad-advanced-queries#error-handling-for-advanced-queries-on-directory-objects */
export function unsupportedProperty(property: string): GraphRefusal {
  return unsupported(
    `Unsupported or invalid query filter clause specified for property '${property}' of resource 'User'.`,
  );
}

/** The same page. */
export function needsAdvancedQuery(operator: string): GraphRefusal {
  return unsupported(
    `Operator '${operator}' is not supported because the required parameters might be missing. Try adding $count=true ` +
      'query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information',
  );
}
