/** Nobody shall take the people of the samples for customers. */
import { resolve, sep } from 'node:path';
import type { GatewayPlan } from '../gateway/plan.ts';
import { programOf, type Terminal } from './terminal.ts';
import { printable } from './text-width.ts';

/** The sources whose file lies among the samples of the package: that is what makes them samples, whichever file names them. */
function sampleSources({ sources }: Pick<GatewayPlan, 'sources'>, packageRoot: string): readonly string[] {
  const samples = resolve(packageRoot, 'samples') + sep;
  return Array.from(sources.values())
    .filter(({ settings, directory }) => {
      const file = fileIn(settings);
      return file !== undefined && resolve(directory, file).startsWith(samples);
    })
    .map(({ name }) => name);
}

function fileIn(settings: unknown): string | undefined {
  if (typeof settings !== 'object' || settings === null || !('file' in settings)) return undefined;
  return typeof settings.file === 'string' ? settings.file : undefined;
}

/** What is said at the end of all that is printed at the start, where it is read; empty where no source is a sample. */
export function sampleNotice(plan: Pick<GatewayPlan, 'sources'>, terminal: Terminal): string {
  const names = sampleSources(plan, terminal.packageRoot);
  if (names.length === 0) return '';
  const line = '*'.repeat(78);
  return `${line}
* SAMPLE DATA: nobody in ${names.map(printable).join(', ')} is a real customer.
* Next: a configuration for your own customers, in a file, a database or a
* directory, by answering a few questions:
*
*   ${programOf(terminal)} init
${line}

`;
}
