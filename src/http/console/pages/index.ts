/** The pages of the console, in the order of its navigation. */
import type { ConsolePage } from '../visit.ts';
import { audit } from './audit.ts';
import { overview } from './overview.ts';

export const pages: readonly ConsolePage[] = [overview, audit];
