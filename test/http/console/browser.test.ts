/** The console in a real browser: by keyboard, narrow, in the dark, with axe-core, and with hostile values in what it shows. */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import axe from 'axe-core';
import type { Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { type Serving, startServing } from '../../../src/cli/serve.ts';
import { borrowBrowser, requireChromium, type TestBrowser } from '../../support/browser.ts';
import { reasonOf } from '../../support/packages.ts';
import { temporaryFolderForAll } from '../../support/temp.ts';
import { chaptersOfConsole } from './documented.ts';
import { startConsole } from './harness.ts';
import { HOSTILE_PATHS, startHostilePage } from './hostile-page.ts';
import { openIdPlan, startProvider } from './openid-provider.ts';
import { consoleOfRoles, PASSWORD } from './visitor.ts';

const available = await requireChromium();
const folder = await temporaryFolderForAll();

const HOSTILE = `"><img src=https://evil.example/x onerror="document.title='owned'"><script>document.title='owned'</script>`;
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** What `axe.run` tells, as far as it is needed. */
const Findings = z.array(z.object({ id: z.string(), nodes: z.array(z.string()) }));

describe.skipIf(!available.ok)(`the console in a browser${reasonOf(available)}`, { timeout: 90_000 }, () => {
  let serving: Serving;
  let browser: TestBrowser;
  const asked: string[] = [];

  beforeAll(async () => {
    const { users } = consoleOfRoles();
    await writeFile(
      join(folder, 'customers.csv'),
      `customer_id,first_name,last_name,email,note\n1,Anna,${quoted(HOSTILE)},anna@example.com,${quoted(HOSTILE)}\n` +
        '2,Bob,Smith,bob@example.com,"<b>bold</b>"\n3,Eve,Smith,eve@example.com,\n' +
        `4,${'Long'.repeat(100)},Smith,long@example.com,\n`,
    );
    await writeFile(
      join(folder, 'gateway.yaml'),
      `server: { port: 0 }
sources:
  crm: { adapter: csv, file: customers.csv, title: ${JSON.stringify(`<script>document.title='owned'</script>`)} }
  hook: { adapter: webhook, url: "http://127.0.0.1:9/nowhere" }
lookups:
  default:
    sources: crm
    fields: { customer_id: customer_id, first_name: first_name, last_name: last_name, email: email, note: { from: note, html: true } }
ajax: { people: { source: crm, value: "{{last_name}}" } }
push: { Zap: { source: hook, mode: queued } }
store: { file: gateway.db }
audit: { file: audit.db }
console:
  users: ${JSON.stringify(users)}
`,
    );
    const quiet = { write: () => true };
    serving = await startServing(join(folder, 'gateway.yaml'), {
      stdout: quiet,
      stderr: quiet,
      environment: {},
      packageRoot: resolve(import.meta.dirname, '../../..'),
    });
    await fetch(`${serving.url}/livelookup?customer_id=1&acting_person_fname=${encodeURIComponent(HOSTILE)}`);
    await fetch(`${serving.url}/push/Zap`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ xRequest: '7', sTitle: HOSTILE, sEmail: HOSTILE }),
    });
    if (available.ok) browser = await borrowBrowser(available.path);
  });

  afterAll(async () => {
    await browser?.stop();
    await serving.stop();
  });

  /** Signs in by keyboard alone. */
  async function signedIn(name: string): Promise<Page> {
    const page = await browser.page();
    page.on('request', (request: Request) => void asked.push(request.url()));
    await page.goto(`${serving.url}/console/`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type(name);
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    return page;
  }

  /** Nothing that is drawn badly, and nothing that ran. */
  async function sound(page: Page, where: string): Promise<void> {
    await nothingRan(page, where);
    await page.evaluate(axe.source);
    const found = await page.evaluate(
      `axe.run(document, { iframes: false, resultTypes: ['violations'] })
         .then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) })))`,
    );
    expect(Findings.parse(found), where).toEqual([]);
    const isWide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
    expect([where, isWide]).toEqual([where, false]);
  }

  /** Fills in one field of a page that tries something, and waits for what comes of it. */
  async function tried(page: Page, path: string, label: string, typed: string): Promise<void> {
    await page.goto(`${serving.url}/console/${path}`);
    await page.getByLabel(label, { exact: true }).fill(typed);
    await page.getByLabel(label, { exact: true }).press('Enter');
    await page.getByRole('heading', { name: 'As HelpSpot draws it' }).waitFor();
    expect(new URL(page.url()).search).toBe('');
  }

  async function nothingRan(page: Page, where: string): Promise<void> {
    expect(await page.title(), where).not.toContain('owned');
  }

  const linksOf = (page: Page) =>
    page
      .getByRole('navigation')
      .getByRole('link')
      .evaluateAll((links) => links.map((link) => link.textContent));

  it.each([
    ['administrator', 1280, 'light'],
    ['viewer', 360, 'dark'],
  ] as const)('every page of %s at %i px, %s', async (name, width, colorScheme) => {
    const page = await signedIn(name);
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    const links = await linksOf(page);
    expect(links.slice(0, 1)).toEqual(['Overview']);
    expect(links.includes('Configuration')).toBe(name === 'administrator');
    // The page of the documentation has a chapter for each.
    expect(chaptersOfConsole()).toEqual(expect.arrayContaining(links));
    for (const link of links) {
      await page
        .getByRole('navigation')
        .getByRole('link', { name: link ?? '', exact: true })
        .click();
      await page.getByRole('heading', { level: 1, name: link ?? '', exact: true }).waitFor();
      await sound(page, `${link} of ${name}`);
    }
    // A word that does not end widens no page, be it the narrowest.
    await tried(page, 'try-lookup', 'Last name', 'smith');
    await sound(page, `several customers, ${name}`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await sound(page, 'Sign in');
  });

  it('what is drawn of customers, pushes, sources and the audit runs nothing and asks nobody', async () => {
    const page = await signedIn('administrator');
    for (const path of [
      '?check=1',
      'sources/crm?examples=1',
      'audit?customer=1',
      `audit?person=${encodeURIComponent(HOSTILE)}`,
    ]) {
      const answer = await page.goto(`${serving.url}/console/${path}`);
      expect([path, answer?.status()]).toEqual([path, 200]);
      // They are drawn as they are without a value.
      await nothingRan(page, path);
    }
    for (const [path, label, typed] of [
      ['try-lookup', 'Customer ID', '1'],
      ['try-lookup', 'Last name', 'smith'],
      ['try-lookup', 'Email', HOSTILE],
      ['try-ajax', 'Last name', HOSTILE],
    ] as const) {
      await tried(page, path, label, typed);
      // One answer of each kind: the others are drawn as these are.
      if (typed !== HOSTILE) await sound(page, `${label} ${typed}`);
      else await nothingRan(page, `${path} ${label}`);
    }
    await page.goto(`${serving.url}/console/pushes`);
    await page.getByRole('main').getByRole('link', { name: /^q-/ }).first().click();
    await sound(page, 'one push');
    expect(asked.filter((url) => !url.startsWith(serving.url) && !url.startsWith('data:'))).toEqual([]);
  });

  it('signs in at a provider on another site, and out there', async () => {
    const { url, gateway } = await startConsole();
    const provider = await startProvider({ host: 'localhost', gateway: url });
    onTestFinished(() => provider.close());
    provider.person = { preferred_username: 'operator' };
    const openid = openIdPlan(provider, { redirect: `${url}/console/sign-in/openid` });
    await gateway.reload({ ...gateway.plan, console: { ...consoleOfRoles(), openid } });
    const page = await browser.page();
    await page.goto(`${url}/console/sources`);
    await sound(page, 'Sign in with a provider');
    await page.getByRole('link', { name: 'Sign in with Example Inc.' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sources' }).waitFor();
    await page.getByText('operator, operator').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out here.').waitFor();
    await sound(page, 'Signed out');
    await page.getByRole('link', { name: 'Sign out of Example Inc., too' }).click();
    await page.waitForURL(`${provider.issuer}/session/end**`);
  });

  it('what is typed to try a lookup stands in no address, and Back leads to the form', async () => {
    const page = await signedIn('operator');
    await page.goto(`${serving.url}/console/try-lookup?console-name=default&email=not-taken@example.com`);
    expect(await page.getByLabel('Email', { exact: true }).inputValue()).toBe('');
    await tried(page, 'try-lookup', 'Email', 'anna@example.com');
    // What was typed is there to be changed.
    expect(await page.getByLabel('Email', { exact: true }).inputValue()).toBe('anna@example.com');
    await page.getByRole('heading', { name: 'From the columns of the sources to the XML' }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Try a lookup' }).waitFor();
    expect(asked.filter((url) => url.startsWith(serving.url) && /anna(?:@|%40)example/.test(url))).toEqual([]);
    // Where the language is chosen, and where a session has ended, somebody comes to the address of the form.
    const answer = await page.goto(`${serving.url}/console/try-lookup/ask`);
    expect(answer?.status()).toBe(200);
  });

  it('its policy alone keeps the browser from running and asking anything', async () => {
    const { headers } = await fetch(`${serving.url}/console/sign-in`);
    const policy = headers.get('content-security-policy') ?? '';
    const hostile = await startHostilePage(policy);
    onTestFinished(hostile.close);
    const page = await browser.page();
    await page.goto(`${hostile.url}/without`);
    await expect.poll(() => hostile.asked.toSorted(), { timeout: 15_000 }).toEqual([...HOSTILE_PATHS].toSorted());
    expect(await page.title()).toBe('owned');
    hostile.asked.length = 0;
    await page.goto(`${hostile.url}/with`);
    // The page has loaded with all that it may have, and so with nothing.
    expect(await page.title()).toBe('page');
    await page.goto('about:blank');
    expect(hostile.asked).toEqual([]);
  });
});
