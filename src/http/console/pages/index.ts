/** The pages of the console, in the order of its navigation. */
import type { ConsolePage } from '../visit.ts';
import { overview } from './overview.ts';
import { tryAjax } from './try-ajax.ts';
import { tryLookup } from './try-lookup.ts';

export const pages: readonly ConsolePage[] = [overview, tryLookup, tryAjax];
