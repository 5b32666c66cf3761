/** The audit: who looked whom up, who pushed and changed what. Ids of customers, never their fields. */
import * as z from 'zod';
import { UserError } from '../../../contract/index.ts';
import { auditCsvFile } from '../../../gateway/audit/csv.ts';
import { AUDIT_KINDS, AUDIT_LIMITS, AUDIT_OUTCOMES, AUDIT_WAYS, AUDITED_STATES } from '../../../gateway/audit/entry.ts';
import { AUDIT_PLACE, MOST_ON_PAGE } from '../../../gateway/audit/file.ts';
import { auditView } from '../../../gateway/audit/view.ts';
import { failureFields } from '../../../gateway/failure.ts';
import { Refusal } from '../../refusal.ts';
import { FileAnswer, NO_BODY, NOTHING, operation } from '../operation.ts';
import { listSchema, moment, namedSchema, pageSize, timeSchema } from '../schemas.ts';

const CSV = 'text/csv; charset=utf-8';
const entry = namedSchema(
  'AuditEntry',
  z.strictObject({
    at: timeSchema(),
    kind: z.enum(AUDIT_KINDS),
    name: z.string().meta({ description: 'Of the lookup, the AJAX field, the push target; of a change what it was.' }),
    personId: z.string(),
    personName: z.string(),
    request: z.string(),
    step: z.string().meta({ description: 'The match step that found somebody.' }),
    customers: listSchema(z.string()).meta({ description: 'Ids of who was found.' }),
    things: listSchema(z.string()).meta({ description: 'Ids of pushes, names of sources.' }),
    count: z.int(),
    sources: listSchema(z.strictObject({ source: z.string(), state: z.enum(AUDITED_STATES) })),
    outcome: z.enum(AUDIT_OUTCOMES),
    status: z.int().meta({ description: 'Of a failure; 0: there was none.' }),
    reference: z.string(),
    caller: z.string().meta({ description: 'The name of the key that was shown.' }),
    via: z.enum(AUDIT_WAYS),
    milliseconds: z.number(),
    gateway: z.string().optional().meta({ description: 'Which gateway wrote it; only where `audit.store` is on.' }),
    values: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: 'What was searched for; only where `audit.values` asks for it.' }),
  }),
);

const sought = (description: string) =>
  z.string().trim().min(1).max(AUDIT_LIMITS.text).optional().meta({ description });

export const auditOperations = [
  operation({
    id: 'listAudit',
    method: 'get',
    path: '/api/audit',
    summary: 'Entries of the audit, newest first; as CSV for who accepts text/csv: 20,000 of them at most',
    tag: 'audit',
    role: 'administrator',
    names: NOTHING,
    query: z.strictObject({
      person: sought('The id of the person, or a part of the name.'),
      customer: sought('The id of a customer who was found.'),
      request: sought('The number of the request.'),
      lookup: sought('The name of a lookup.'),
      kind: entry.shape.kind.optional(),
      since: moment('From then on.'),
      until: moment('Before then.'),
      limit: pageSize(MOST_ON_PAGE, 50),
      from: z.string().regex(AUDIT_PLACE).optional().meta({ description: '`next` of the page before.' }),
    }),
    body: NO_BODY,
    answer: namedSchema(
      'Audit',
      z.strictObject({
        entries: listSchema(entry),
        next: z.string().optional().meta({ description: 'Where the next page begins; absent: there is none.' }),
      }),
    ),
    file: CSV,
    refusals: { 404: 'The configuration has no audit.', 503: 'It cannot be read.' },
    async perform({ gateway, req, query, signal }) {
      if (gateway.audit.keeps === 'nothing') {
        throw new Refusal(404, 'There is no audit; write audit: {} into the configuration');
      }
      const { limit, from, ...filter } = query;
      try {
        if (req.accepts(['application/json', 'text/csv']) === 'text/csv') {
          return new FileAnswer(
            CSV,
            'audit.csv',
            await auditCsvFile(gateway.audit, filter, gateway.plan.secrets, signal),
          );
        }
        const { entries, next } = await gateway.audit.page(filter, { limit, from }, signal);
        return { entries: entries.map(auditView), ...(next !== undefined && { next }) };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        gateway.log.error(failureFields(error), 'the API cannot read the audit');
        throw new Refusal(503, 'The audit cannot be read; the log of the gateway says why');
      }
    },
  }),
] as const;
