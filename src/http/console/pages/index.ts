/** The pages of the console, in the order of its navigation. */
import type { ConsolePage } from '../visit.ts';
import { auditPage } from './audit.ts';
import { configuration } from './configuration.ts';
import { overviewPage } from './overview.ts';
import { pushesPage } from './pushes.ts';
import { sources } from './sources.ts';
import { tryAjax } from './try-ajax.ts';
import { tryLookup } from './try-lookup.ts';

export const pages: readonly ConsolePage[] = [
  ...[overviewPage, tryLookup, tryAjax, pushesPage, sources, configuration, auditPage],
];
