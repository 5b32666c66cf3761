/** The configuration that puts the customer together. */
import type { WholeSystems } from './systems.ts';

export const KEY = 'the key of the whole customer';

/** What a test may want otherwise. */
export interface WholeOptions {
  /** How long related sources are waited for; long unless a test is about that. */
  readonly patience?: string;
  /** More settings of every system, in YAML: `breaker: { retry: 1s }`. */
  readonly source?: string;
  /** Text → text: slips of the administrator. */
  readonly slips?: readonly (readonly [text: string, slip: string])[];
}

/** As an administrator writes it. @throws Error for a slip of a text that does not stand there */
export function wholeConfiguration(
  systems: WholeSystems,
  { patience = '5s', source = '', slips = [] }: WholeOptions = {},
): string {
  // JSON is YAML; what a system needs to be reached is the system's.
  const settings = (name: string, { source: own }: { readonly source: object }, more: object = {}) =>
    `  ${name}: ${JSON.stringify({ ...own, ...more }).slice(0, -1)}${source === '' ? '' : `, ${source}`} }`;
  const yaml = `
server: { port: 0, deadline: 10s }
access: { keys: [{ name: helpspot, secret: "${KEY}" }], ratePerMinute: 0 }
sources:
  sales: { adapter: csv, title: Sales list, file: sales.csv }
${settings('directory', systems.directory, { title: 'Directory' })}
${settings('erp', systems.erp, { title: 'ERP' })}
${settings('helpdesk', systems.helpdesk, { title: 'Help desk' })}
${settings('chat', systems.phone, { title: 'Chat', table: 'chats' })}
${settings('phone', systems.phone, { title: 'Phone' })}
lookups:
  default:
    sources: [directory, sales]
    match: [customer_id, email, last_name]
    mergeBy: [email, employee_id]
    patience: ${patience}
    provenance: true
    related:
      contracts: { source: erp, where: { customer: "{{employee_id}}" }, order: { ends: descending } }
      requests: { source: helpdesk, where: { email: "{{email}}" }, except: { xRequest: "{{request}}" }, order: { opened: descending } }
      chats: { source: chat, where: { email: "{{email}}" }, optional: true }
      calls: { source: phone, where: { user_id: "{{chats.user_id}}" }, order: { at: descending }, optional: true }
    fields:
      organization: company
      phone: { from: [directory.phone, sales.phone] }
      room: { from: room, default: Not available }
      status: { from: status, mark: { equals: blocked, as: danger } }
      contracts:
        table: contracts
        columns: { Number: number, Ends: { from: ends, date: date, warn: { before: today } }, Title: title, Note: note }
        empty: no contract
      requests:
        table: requests
        columns:
          Request: { link: "https://help.example.com/admin.php?pg=request&reqid={{xRequest}}", text: "{{xRequest}}" }
          Subject: subject
          Status: { from: status, mark: { equals: Escalated, as: warning } }
        empty: no other request
      contract_count: { count: contracts }
      latest_contract: { first: contracts, value: "{{number}} until {{ends}}", empty: none yet }
      calls: { lines: calls, value: "{{note}}", empty: no call }
      has_called: { exists: calls }
      loyal: { value: "has several contracts", when: { contracts: { above: 1 } } }
  contracts:
    sources: directory
    match: [customer_id]
    patience: 5s
    related: { contracts: { source: erp, where: { customer: "{{employee_id}}" }, order: { ends: descending } } }
    fields: { contracts: { table: contracts, columns: { Number: number } } }
  united:
    sources: [directory, sales]
    match: { unite: [customer_id, email, last_name] }
    mergeBy: [email, employee_id]
    fields: { phone: { from: [directory.phone, sales.phone] } }
  everything:
    sources: [directory]
    match: [customer_id, last_name]
    patience: 5s
    provenance: true
    related:
      contracts: { source: erp, where: { customer: "{{employee_id}}" }, order: number, limit: 100 }
      requests: { source: helpdesk, where: { email: "{{email}}" }, order: xRequest, limit: 100 }
      chats: { source: chat, where: { email: "{{email}}" }, limit: 100 }
      calls: { source: phone, where: { user_id: "{{chats.user_id}}" }, order: id, limit: 100 }
`;
  return slips.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the configuration has no ${from}`);
    return text.replace(from, to);
  }, yaml);
}
