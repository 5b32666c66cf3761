/** Which gateways use the store of pushes. */
import * as z from 'zod';
import { storeGatewayView } from '../../../gateway/push/view.ts';
import { NO_BODY, NOTHING, operation } from '../operation.ts';
import { listSchema, namedSchema, timeSchema } from '../schemas.ts';
import { onLedger } from './ledger.ts';

const storeGateway = namedSchema(
  'StoreGateway',
  z.strictObject({
    name: z.string().optional().meta({ description: 'Of its machine. One of an older version does not say it.' }),
    pid: z.int().optional(),
    version: z.string().optional(),
    since: timeSchema().optional(),
    seenAt: timeSchema().meta({ description: 'When it last said that it is there.' }),
    silent: z.boolean().meta({ description: 'It has said nothing for longer than `store.lease`.' }),
    sending: z.int().meta({ description: 'Pushes that it is sending.' }),
  }),
);

export const gatewayOperations = [
  operation({
    id: 'listGateways',
    method: 'get',
    path: '/api/gateways',
    summary: 'Which gateways use the store of pushes, also those that fell silent within the last day',
    tag: 'overview',
    role: 'viewer',
    names: NOTHING,
    query: NOTHING,
    body: NO_BODY,
    answer: namedSchema('Gateways', z.strictObject({ gateways: listSchema(storeGateway) })),
    refusals: { 503: 'The store cannot be read.' },
    async perform(call) {
      const found = await onLedger(call, (ledger) => ledger?.gateways() ?? []);
      return { gateways: found.map(storeGatewayView) };
    },
  }),
] as const;
