/** Chromium for tests: what a value does to a page, only a browser can say. */
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { type Availability, requireCommand } from './packages.ts';
import { poolOf } from './pool.ts';

const START_MS = 60_000;
/** Of whatever a page is asked for. */
const TIMEOUT_MS = 15_000;

/** As root, in a container, and without a word to anybody; the profile is new each time. */
const ARGUMENTS = [
  ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-dev-shm-usage'],
  ...['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** A browser that one file of tests has for itself. */
export interface TestBrowser {
  /** A page with a profile of its own, closed with `stop` at the latest. */
  page(): Promise<Page>;
  stop(): Promise<void>;
}

/** Whether Chromium is here; installed where that is possible (see {@link requireCommand}). */
export function requireChromium(): Promise<Availability> {
  return requireCommand('chromium', ['chromium'], 'what staff see is proved in a browser');
}

/** A browser; `stop` gives it back. `path` is that of the command. It ends with this process: its pipe to it breaks. */
export function borrowBrowser(path: string): Promise<TestBrowser> {
  return borrow(path);
}

const borrow = poolOf(startBrowser, (browser) => browser.reset());

async function startBrowser(path: string): Promise<TestBrowser & { reset(): Promise<void> }> {
  const browser = await chromium.launch({ executablePath: path, args: ARGUMENTS, timeout: START_MS });
  const contexts: BrowserContext[] = [];
  return {
    async page() {
      const context = await browser.newContext({ serviceWorkers: 'block' });
      contexts.push(context);
      context.setDefaultTimeout(TIMEOUT_MS);
      return await context.newPage();
    },
    async reset() {
      await inTime(Promise.all(contexts.splice(0).map((context) => context.close())));
      if (!browser.isConnected()) throw new Error('the browser has gone');
    },
    stop: () => inTime(browser.close()),
  };
}

/** Of what has no time-out in Playwright. */
async function inTime(work: Promise<unknown>): Promise<void> {
  let late: NodeJS.Timeout | undefined;
  const failure = new Promise<never>((_resolve, reject) => {
    late = setTimeout(() => reject(new Error('the browser does not answer')), TIMEOUT_MS);
  });
  await Promise.race([work, failure]).finally(() => clearTimeout(late));
}
