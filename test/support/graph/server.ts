/**
 * A tenant of Microsoft Entra ID with Microsoft Graph, in this process, over TLS with a certificate of a test
 * authority: the token endpoint, `GET /v1.0/users` and `GET /v1.0/users/delta`. It refuses what Graph refuses, in Graph's words, and fails on
 * demand.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type Certificate, makeAuthority } from '../certificates.ts';
import { DeltaEndpoint } from './delta-endpoint.ts';
import { GraphRefusal } from './errors.ts';
import { type Fault, failAs, send } from './faults.ts';
import type { GraphUser } from './people.ts';
import {
  type IssuedTokens,
  issueToken,
  newToken,
  openidConfiguration,
  type Registration,
  type TokenAnswer,
  unknownTenant,
} from './token-endpoint.ts';
import { listUsers } from './users-endpoint.ts';

/** The two endpoints that can fail. */
export type Endpoint = 'token' | 'users';

/** A request that arrived. */
export interface GraphCall {
  readonly endpoint: Endpoint | 'discovery';
  readonly path: string;
  /** Query options, decoded. */
  readonly query: Readonly<Record<string, string>>;
  readonly consistencyLevel: string | undefined;
}

export type { Fault } from './faults.ts';

/** A running tenant. */
export interface GraphServer {
  /** Where both the token endpoint and Graph are: `https://127.0.0.1:PORT`. */
  readonly origin: string;
  /** PEM file of the authority that signed its certificate. */
  readonly caFile: string;
  /** The same authority as PEM text. */
  readonly ca: string;
  /** The application; change it to expire a secret or to withdraw a permission. */
  readonly registration: Registration;
  /** Users; replace them at will. */
  people: readonly GraphUser[];
  /** Every request since the start, oldest first. */
  readonly calls: GraphCall[];
  /** The next `times` requests to the endpoint fail so. */
  fail(endpoint: Endpoint, fault: Fault, times?: number): void;
  /** No request fails any more. */
  heal(): void;
  /** No link to changes is good any more, nor one to a next page of them. */
  resetChanges(): void;
  /** A token that is good, as a managed identity gets one. */
  issue(): string;
  /** Makes every token that was issued worthless, as a password change does. */
  revokeTokens(): void;
  /** Resolves when a request that matches has arrived. */
  arrival(endpoint: Endpoint): Promise<void>;
  /** Ends listening and cuts every connection. */
  stop(): Promise<void>;
  /** Listens again, at the same address; nothing when it listens already. */
  start(): Promise<void>;
}

/** The secret that the application has in the beginning. */
export const clientSecret = 'k~8Q~test-secret.Value_0123456789abcdef';
export const tenantId = '11111111-2222-4333-8444-555555555555';
export const clientId = '66666666-7777-4888-9999-aaaaaaaaaaaa';

/** Starts a tenant; its certificates go into `folder`. Call `stop` in the end. */
export async function startGraph(folder: string, people: readonly GraphUser[]): Promise<GraphServer> {
  const authority = await makeAuthority(folder, 'graph-ca');
  const { certificate, key } = await authority.issue('graph');
  const tenant = new Tenant({ cert: certificate, key }, authority, people);
  await tenant.start();
  return tenant;
}

class Tenant implements GraphServer {
  readonly caFile: string;
  readonly ca: string;
  readonly calls: GraphCall[] = [];
  readonly registration: Registration = {
    tenantId,
    clientId,
    secrets: new Map([[clientSecret, { isExpired: false }]]),
    certificates: [],
    hasPermission: true,
    tokenLifetime: 3_599,
  };
  people: readonly GraphUser[];
  readonly #tls: { readonly cert: string; readonly key: string };
  readonly #issued: IssuedTokens = new Map();
  readonly #sockets = new Set<Socket>();
  readonly #faults: { endpoint: Endpoint; fault: Fault; left: number }[] = [];
  readonly #delta = new DeltaEndpoint();
  #waiting: { endpoint: Endpoint; done: () => void }[] = [];
  #server: Server | undefined;
  #port = 0;

  constructor(tls: { cert: string; key: string }, authority: Certificate, people: readonly GraphUser[]) {
    this.#tls = tls;
    this.caFile = authority.certificateFile;
    this.ca = authority.certificate;
    this.people = people;
  }

  get origin(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  fail(endpoint: Endpoint, fault: Fault, times = 1): void {
    this.#faults.push({ endpoint, fault, left: times });
  }

  heal(): void {
    this.#faults.length = 0;
  }

  resetChanges(): void {
    this.#delta.reset();
  }

  issue(): string {
    return newToken(this.registration, this.#issued);
  }

  revokeTokens(): void {
    this.#issued.clear();
  }

  arrival(endpoint: Endpoint): Promise<void> {
    return new Promise((done) => this.#waiting.push({ endpoint, done }));
  }

  async start(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer(this.#tls, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => send(response, 500, JSON.stringify(String(error))));
    });
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((done, failed) => {
      server.once('error', failed);
      server.listen(this.#port, '127.0.0.1', done);
    });
    this.#port = portOf(server.address());
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((done) => server.close(() => done()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const endpoint = path.endsWith('/oauth2/v2.0/token') ? 'token' : path.startsWith('/v1.0/') ? 'users' : 'discovery';
    const consistencyLevel = request.headers['consistencylevel'];
    this.calls.push({
      endpoint,
      path,
      query: Object.fromEntries(new URLSearchParams(query)),
      consistencyLevel: typeof consistencyLevel === 'string' ? consistencyLevel : undefined,
    });
    const body = await textOf(request);
    this.#announce(endpoint);
    if (endpoint !== 'discovery') {
      const fault = this.#nextFault(endpoint);
      if (fault !== undefined) return failAs(fault, response);
    }
    if (endpoint === 'users') return this.#users(request, response, path, query);
    this.#login(response, path, endpoint === 'token' ? new URLSearchParams(body) : undefined);
  }

  #login(response: ServerResponse, path: string, form: URLSearchParams | undefined): void {
    const tenant = path.split('/')[1] ?? '';
    const { status, body } = this.#loginAnswer(tenant, form);
    send(response, status, JSON.stringify(body));
  }

  #loginAnswer(tenant: string, form: URLSearchParams | undefined): TokenAnswer {
    if (tenant !== this.registration.tenantId) return unknownTenant(tenant);
    if (form === undefined) return { status: 200, body: openidConfiguration(this.origin, tenant) };
    return issueToken(this.registration, this.origin, form, this.#issued);
  }

  #users(request: IncomingMessage, response: ServerResponse, path: string, query: string): void {
    try {
      this.#admit(request.headers.authorization);
      if (path !== '/v1.0/users' && path !== '/v1.0/users/delta')
        throw new GraphRefusal(404, 'Request_ResourceNotFound', `Resource '${path}' does not exist.`);
      const { consistencylevel } = request.headers;
      const level = typeof consistencylevel === 'string' ? consistencylevel : undefined;
      const asked = { origin: this.origin, query, consistencyLevel: level };
      const isDelta = path.endsWith('/delta');
      const page = isDelta ? this.#delta.page(this.people, asked) : listUsers(this.people, asked);
      send(response, 200, JSON.stringify(page));
    } catch (error) {
      if (!(error instanceof GraphRefusal)) throw error;
      send(response, error.status, error.body(), error.headers);
    }
  }

  #admit(authorization: string | undefined): void {
    const token = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
    const refuse = (message: string) => new GraphRefusal(401, 'InvalidAuthenticationToken', message);
    if (token === undefined) throw refuse('Access token is empty.');
    const until = this.#issued.get(token);
    if (until === undefined) throw refuse('IDX14100: JWT is not well formed, or was not issued by this tenant.');
    if (until <= Date.now()) throw refuse('Lifetime validation failed, the token is expired.');
    if (!this.registration.hasPermission) {
      throw new GraphRefusal(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
    }
  }

  #nextFault(endpoint: Endpoint): Fault | undefined {
    const entry = this.#faults.find((one) => one.endpoint === endpoint && one.left > 0);
    if (entry === undefined) return undefined;
    entry.left -= 1;
    return entry.fault;
  }

  #announce(endpoint: string): void {
    const arrived = this.#waiting.filter((one) => one.endpoint === endpoint);
    this.#waiting = this.#waiting.filter((one) => one.endpoint !== endpoint);
    for (const { done } of arrived) done();
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
