/** What is in bin/ as it is built: every part of both bundles, and the libraries beside them, by what config/examples needs. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { runLiveLookup } from '../../src/cli/livelookup.ts';
import type { runGateway } from '../../src/cli/main.ts';
import { replay } from '../support/http/replay.ts';
import { temporaryFolderForAll } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';
import { readLookup } from '../support/xml.ts';

const examples = resolve(import.meta.dirname, '../../config/examples');
const folder = await temporaryFolderForAll();

interface Bundles {
  openBundle(program: 'livelookup'): {
    load(name: 'livelookup.js'): { readonly runLiveLookup: typeof runLiveLookup };
  };
  openBundle(program: 'gateway'): { load(name: 'main.js'): { readonly runGateway: typeof runGateway } };
}
const { openBundle }: Bundles = createRequire(import.meta.url)('../../bin/load-bundle.cjs');
const gateway = openBundle('gateway');

/** Writes a configuration. @returns its file, and a value for every variable */
function written(name: string, text: string) {
  const file = join(folder, name);
  writeFileSync(file, text);
  const variables = Array.from(text.matchAll(/\$\{([A-Z_0-9]+)\}/g), ([, variable = '']) => variable);
  const valueFor = (variable: string) => {
    if (variable.endsWith('_HOOK')) return 'https://127.0.0.1/hook/0123456789';
    return /_(?:TENANT|CLIENT)$/.test(variable)
      ? '11111111-2222-3333-4444-555555555555'
      : `a-secret-that-is-long-${variable.length}`;
  };
  return { file, environment: Object.fromEntries(variables.map((variable) => [variable, valueFor(variable)])) };
}

/** Asks lookups of a configuration, from a bundle of which nothing was loaded yet. */
function asking(name: string, text: string) {
  const { file, environment } = written(name, text);
  const run = openBundle('livelookup').load('livelookup.js').runLiveLookup;
  return async (args: readonly string[]) => {
    const { stdout, stderr } = await runCommand(run, [`--config=${file}`, ...args], environment);
    return { customers: readLookup(stdout).customers, stderr };
  };
}

/**
 * Nothing listens where an example expects the systems of others; the name of a shop, and one behind a
 * subdomain, cannot be an address of ours. Files
 * of certificates are not here.
 */
function withoutSystems(text: string): string {
  return text
    .replace(/(?<![\w.@-])(?:[\w-]+\.)+(?:com|org|net)(?![\w.])/g, (host) =>
      /\.myshopify\.com$|^ccaiplatform\.example\.com$/.test(host) ? host : '127.0.0.1',
    )
    .replace(/^ *(?:tls: \{ )?ca: .*$/gm, '');
}

const names = readdirSync(examples).filter((name) => name.endsWith('.yaml'));

describe('the bundle of helpspot-gateway', () => {
  it.each(names)('asks every source of %s', async (name) => {
    const { file, environment } = written(name, withoutSystems(readFileSync(join(examples, name), 'utf8')));
    const { stdout, stderr } = await runCommand(
      gateway.load('main.js').runGateway,
      ['check', `--config=${file}`],
      environment,
    );
    expect(stdout).toContain('SOURCE');
    expect(stdout + stderr).not.toMatch(/a bug in|Cannot find|(?:Type|Reference|Syntax)Error|\n +at /);
  });
});

/** One example of each adapter. */
const ofEachAdapter = [...new Map(names.map((name) => [name.split(/[-.]/, 1)[0], name])).values()];

describe('the bundle of livelookup', () => {
  it.each(ofEachAdapter)('answers with %s', async (name) => {
    const text = withoutSystems(readFileSync(join(examples, name), 'utf8'));
    const lookups = Object.keys(parse(text).lookups ?? { default: {} });
    const values = name === 'shopify.yaml' ? [] : ['--email=zoe@example.com', '--customer_id=1', '--Custom3=zoe'];
    const ask = asking(name, text);
    for (const lookup of lookups) {
      const { customers, stderr } = await ask([`--lookup=${lookup}`, ...values]);
      // Whatever it finds, it is no bug of ours: those are told with their stack, or as an error in the gateway.
      expect(stderr).not.toMatch(/(?:Type|Reference|Syntax)Error|Cannot find (?:module|package)|\n +at /);
      expect(JSON.stringify(customers)).not.toMatch(/error in the gateway|The gateway is not set up/);
    }
  });

  it('says of a wrong configuration what the modules say, though less is kept of its schemas', async () => {
    const wrong = `server: { port: eighty, deadline: 5, sockets: a }
access: { keys: [{ name: 'a b', secret: short }], ratePerMinute: -1 }
log: { level: loud }
sources: { people: { adapter: csv, file: 7, kinds: { tel: fone }, breaker: { failures: 0 }, cache: { fresh: 5 } } }
lookups: { default: { sources: [], limit: many, fields: { a: { from: b, date: roman }, b: { html: 1 } }, match: { email: exact } } }
`;
    const { file } = written('wrong.yaml', wrong);
    const bundled = openBundle('livelookup').load('livelookup.js').runLiveLookup;
    const [said, expected] = await Promise.all(
      [bundled, runLiveLookup].map(async (run) => {
        const { stderr } = await runCommand(run, [`--config=${file}`, '--customer_id=1'], {});
        return stderr.replace(/\(ref \w+\)/, '');
      }),
    );
    expect(said).toBe(expected);
    expect(said?.split('\n').length).toBeGreaterThan(10);
  });

  it('shows HTML with the styles that may be shown', async () => {
    writeFileSync(join(folder, 'styled.csv'), 'customer_id,level\n1,"<b>high</b>"\n');
    const html = `'<i style="color: red; position: fixed">{{level}}</i>'`;
    const ask = asking(
      'styled.yaml',
      `sources: { all: { adapter: csv, file: styled.csv } }
lookups: { default: { sources: all, match: [customer_id], fields: { level: { html: ${html} } } } }\n`,
    );
    const { customers } = await ask(['--customer_id=1']);
    expect(customers.map(({ level }) => level)).toEqual(['<i style="color:red">&lt;b&gt;high&lt;/b&gt;</i>']);
  });

  it('reads JSONPath', async () => {
    const standIn = await replay('stripe');
    onTestFinished(() => standIn.close());
    const text = readFileSync(join(examples, 'http-stripe.yaml'), 'utf8').replace(
      'https://api.stripe.com',
      standIn.url,
    );
    const ask = asking('stripe.yaml', text.replace('${STRIPE_KEY}', 'sk_test_KEY'));
    const { customers } = await ask(['--email=jennyrosen@example.com']);
    expect(customers.map(({ name }) => name)).toEqual(['Jenny Rosen', 'Jenny Rosen (old)', undefined]);
  });
});

it('says nowhere in what is built where that was: it goes to others', () => {
  for (const folder of ['gateway', 'livelookup', 'modules']) {
    const built = resolve('dist', folder);
    const files = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(?:js|cache)$/.test(name),
    );
    expect(files.length).toBeGreaterThan(0);
    const telling = files.filter((name) => readFileSync(join(built, name), 'latin1').includes(resolve('dist')));
    expect(telling).toEqual([]);
  }
});

describe('what a part exports', () => {
  const loaded = (): Promise<{ exportsOf(list: string, text: string): string }> =>
    import(resolve(import.meta.dirname, '../../scripts/bundle/parts.js'));

  /** What the parts that import it see after `change()`. */
  const seenAfter = async (text: string, list: string): Promise<unknown> => {
    const { exportsOf } = await loaded();
    const module = { exports: {} };
    runInNewContext(`${text}\n${exportsOf(list, text)}\nglobalThis.change?.();`, { module });
    return { ...module.exports };
  };

  it.each<readonly [text: string, list: string, seen: object]>([
    ['let a = 1; change = () => { a = 2; };', '  a', { a: 2 }],
    ['let a;\nchange = () => { a = 2; };', '  a', { a: 2 }],
    ['let a = 1; change = () => { a ??= 3; a += 1; };', '  a', { a: 2 }],
    ['let a = 1; change = () => { a++; };', '  a', { a: 2 }],
    ['let a = 5; change = () => { --a; a--; };', '  a', { a: 3 }],
    ['var $a$1 = 1; change = () => { $a$1 = 2; };', '  $a$1 as a', { a: 2 }],
    ['let a = 1, b = 1; change = () => { b = 2; a = 3; };', '  a,\n  b as c', { a: 3, c: 2 }],
  ])('is what it is set to later: %s', async (text, list, seen) => {
    expect(await seenAfter(text, list)).toEqual(seen);
  });

  it.each([
    'const a = { a: 1 }; a.a = 2;',
    'const a = (b) => b.a === a;',
    'function a(b) { return b.a = a == b; }',
    'class a {}',
    'const $a = 1; let aa = 2; aa = 3; const a = aa;',
  ])('is no function where nothing is set later: %s', async (text) => {
    const { exportsOf } = await loaded();
    expect(exportsOf('  a', text)).toContain('{ a: a }');
  });
});
