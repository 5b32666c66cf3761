/** The zone of a MySQL server's clock. */
import { isZone } from '../../src/kit/sql/index.ts';

/**
 * The zone in which a session writes its times; undefined when it cannot be known.
 *
 * @param setting what the administrator says; it comes first
 * @param session `@@session.time_zone`: a name, an offset, or `SYSTEM`
 * @param system `@@system_time_zone`: an abbreviation, which says too little (CEST is half of a zone) unless it is UTC
 */
export function serverZone(setting: string | undefined, session: string, system: string): string | undefined {
  if (setting !== undefined) return setting;
  const named = session.toUpperCase() === 'SYSTEM' ? system : session;
  if (/^(?:UTC|GMT|Etc\/UTC|[+-]00:00)$/i.test(named)) return 'UTC';
  return session.toUpperCase() !== 'SYSTEM' && isZone(named) ? named : undefined;
}
