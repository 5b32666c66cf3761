/** The tickets of the toy system. */

/** One ticket, with the reference of whoever made it. */
export interface Ticket {
  readonly id: number;
  readonly reference: string;
  readonly subject: string;
  readonly text: string;
  readonly state: string;
}

/** A call of `/tickets`: makes one, finds one by its reference, or shows one. */
export function ticketCall(tickets: Ticket[], url: URL, sent: string): readonly [status: number, body: object] {
  if (sent !== '') {
    const { reference, subject, text } = JSON.parse(sent);
    const ticket = { id: 70_001 + tickets.length, reference, subject, text, state: 'open' };
    tickets.push(ticket);
    return [201, ticket];
  }
  const reference = url.searchParams.get('reference');
  if (reference !== null) return [200, { tickets: tickets.filter((one) => one.reference === reference) }];
  const ticket = tickets.find(({ id }) => url.pathname === `/tickets/${id}`);
  return ticket === undefined ? [404, { error: 'no such ticket' }] : [200, ticket];
}
