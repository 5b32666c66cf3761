/** What becomes of a connection when it is opened, before a call comes on it. */

import type { Socket } from 'node:net';
import type { Gateway } from '../gateway/gateway.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import type { ConnectionLimits, Connections } from './connections.ts';
import type { HttpLimits } from './limits.ts';
import { Networks, plainAddress } from './networks.ts';
import { SeldomLog } from './seldom-log.ts';

/** Which addresses may have connections, and how many, by the configuration in force. */
export class Newcomers implements ConnectionLimits {
  readonly all: number;
  readonly #gateway: Gateway;
  readonly #limits: HttpLimits;
  readonly #says: SeldomLog;
  #strangers = 0;
  #plan: GatewayPlan | undefined;
  #networks = new Networks([]);
  #proxies = new Networks([]);

  constructor(gateway: Gateway, limits: HttpLimits) {
    this.all = limits.connections;
    this.#gateway = gateway;
    this.#limits = limits;
    this.#says = new SeldomLog(gateway.log);
  }

  /** A trusted proxy brings the calls of everybody. */
  shareOf(address: string): number {
    this.#readPlan();
    const { trustProxy } = this.#gateway.plan.server;
    const isProxy = trustProxy.length > 0 && this.#proxies.has(address);
    return isProxy ? this.#limits.connectionsOfProxy : this.#limits.connectionsOfAddress;
  }

  /** To be called for every connection. @param isSecure whether a handshake of TLS comes first */
  admit(socket: Socket, connections: Connections, isSecure: boolean): void {
    const address = plainAddress(socket.remoteAddress ?? '');
    this.#readPlan();
    if (this.#isStranger(address)) {
      this.#takeLeave(socket, address);
      return;
    }
    const limit = connections.opened(socket, address, isSecure);
    if (limit === 'address') {
      this.#says.warn('share', { address }, 'one address has all the connections that it may have; the idle ones go');
    } else if (limit === 'all') {
      this.#says.warn('all', { address }, 'there are as many connections as there may be; the idle ones go');
    }
  }

  /** Behind a proxy, nobody knows who calls before the call says it. */
  #isStranger(address: string): boolean {
    return this.#gateway.plan.server.trustProxy.length === 0 && !this.#networks.has(address);
  }

  /**
   * `access.networks` refuses whatever comes on this connection. A few may send their call and read why not, so that an
   * administrator who forgot the address of HelpSpot reads it there; the rest are not listened to.
   */
  #takeLeave(socket: Socket, address: string): void {
    this.#says.warn('stranger', { address }, 'a connection came from an address that access.networks does not have');
    if (this.#strangers >= this.#limits.strangers) return void socket.destroy();
    this.#strangers += 1;
    const timer = setTimeout(() => socket.destroy(), this.#limits.lingerMs);
    socket.once('close', () => {
      clearTimeout(timer);
      this.#strangers -= 1;
    });
  }

  #readPlan(): void {
    const { plan } = this.#gateway;
    if (this.#plan === plan) return;
    this.#networks = new Networks(plan.access.networks);
    this.#proxies = new Networks(plan.server.trustProxy);
    this.#plan = plan;
  }
}
