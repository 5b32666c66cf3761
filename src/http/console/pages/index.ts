/** The pages of the console, in the order of its navigation. */
import type { ConsolePage } from '../visit.ts';
import { auditPage } from './audit.ts';
import { overviewPage } from './overview.ts';

export const pages: readonly ConsolePage[] = [overviewPage, auditPage];
