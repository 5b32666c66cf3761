/** The pages of the console, in the order of its navigation. */
import type { ConsolePage } from '../visit.ts';
import { configuration } from './configuration.ts';
import { overview } from './overview.ts';
import { pushesPage } from './pushes.ts';
import { sources } from './sources.ts';

export const pages: readonly ConsolePage[] = [overview, pushesPage, sources, configuration];
