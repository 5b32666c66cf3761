/** What a gateway says of itself to others that use the same store. */
import { hostname } from 'node:os';

/** For people; what it is called in the ledger is another thing. */
export interface GatewaySelf {
  /** Of the machine, or the container. */
  readonly name: string;
  readonly pid: number;
  /** Of the gateway; empty where that does not matter. */
  readonly version: string;
}

/** This process. */
export function thisGateway(version = ''): GatewaySelf {
  return { name: hostname(), pid: process.pid, version };
}
