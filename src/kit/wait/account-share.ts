/** How many processes use the accounts of this one: gateways of one configuration on several machines. */
let sharers = 1;

/** From now on each rate limit of an account is kept by so many together: this process keeps to its part of it. */
export function shareAccounts(processes: number): void {
  sharers = Math.max(1, processes);
}

/** With this process. */
export function accountSharers(): number {
  return sharers;
}
