/** A SQL Server Browser ([MC-SQLR]): tells over UDP on which port each named instance listens. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** Clients ask this port and no other. */
export const BROWSER_PORT = 1434;

/** [MC-SQLR] 2.2.1 to 2.2.5. https://learn.microsoft.com/openspecs/windows_protocols/mc-sqlr/2e1560c9-5097-4023-9f5e-72b9ff1ec3b1 */
const Message = { broadcast: 0x02, all: 0x03, instance: 0x04, response: 0x05 } as const;

/** A running browser. */
export interface Browser {
  /** The requests that came, answered or not. */
  readonly requests: readonly Buffer[];
  stop(): Promise<void>;
}

/**
 * Answers on 127.0.0.1.
 * @param instances name → port; read anew for each request
 * @throws EADDRINUSE where another one runs
 */
export async function startBrowser(instances: Readonly<Record<string, number>>): Promise<Browser> {
  const socket = createSocket('udp4');
  const requests: Buffer[] = [];
  socket.on('message', (request, from) => {
    requests.push(request);
    const answer = answerTo(request, instances);
    if (answer !== undefined) socket.send(answer, from.port, from.address);
  });
  socket.bind(BROWSER_PORT, '127.0.0.1');
  await once(socket, 'listening');
  return {
    requests,
    stop: async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

/**
 * Undefined where a browser keeps silent: for an instance that is not there, and for what is no request.
 * https://learn.microsoft.com/openspecs/windows_protocols/mc-sqlr/4eea5b65-a848-4deb-99ca-280ebd4e3dc8
 */
export function answerTo(request: Buffer, instances: Readonly<Record<string, number>>): Buffer | undefined {
  const all = Object.entries(instances);
  const wanted = wantedBy(request, all);
  if (wanted.length === 0) return undefined;
  const text = wanted.map(
    ([name, port]) => `ServerName;STANDIN;InstanceName;${name};IsClustered;No;Version;16.0.4135.4;tcp;${port};;`,
  );
  const data = Buffer.from(text.join(''), 'latin1');
  const head = Buffer.from([Message.response, 0, 0]);
  head.writeUInt16LE(data.length, 1);
  return Buffer.concat([head, data]);
}

function wantedBy(request: Buffer, all: readonly [string, number][]): readonly [string, number][] {
  const [type] = request;
  if (type === Message.broadcast || type === Message.all) return request.length === 1 ? all : [];
  if (type !== Message.instance) return [];
  // The name ends with NUL ([MC-SQLR] 2.2.3).
  const end = request.indexOf(0, 1);
  const name = request.toString('latin1', 1, end === -1 ? undefined : end).toUpperCase();
  return all.filter(([one]) => one.toUpperCase() === name);
}
