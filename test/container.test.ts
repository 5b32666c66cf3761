/**
 * The container without an engine: what its Dockerfile copies is laid out in a folder, and runs as its CMD says, on a tree
 * that it cannot write to and as another account where the tests run as root.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { adapters } from '../adapters/index.ts';
import { loadConfiguration } from '../src/config/load.ts';
import { until } from './gateway/push/harness.ts';
import { boundToUs } from './support/child.ts';

const root = resolve(import.meta.dirname, '..');
const read = (name: string) => readFileSync(join(root, name), 'utf8');

interface Copy {
  readonly isBuilt: boolean;
  readonly sources: readonly string[];
  readonly target: string;
}

/** The stages of the Dockerfile: what each copies, and the words of an instruction in JSON. */
const stages = read('Dockerfile')
  .replaceAll('\\\n', ' ')
  .split(/^FROM /m)
  .slice(1)
  .map((text) => ({
    copies: Array.from(text.matchAll(/^COPY (--from=build )?(.+)$/gm), ([, from, words = '']): Copy => {
      const names = words.trim().split(/\s+/);
      return { isBuilt: from !== undefined, sources: names.slice(0, -1), target: names.at(-1) ?? '' };
    }),
    command: (name: string) =>
      z.array(z.string()).parse(JSON.parse(new RegExp(`^(?:${name}).*?(\\[.*\\])$`, 'm').exec(text)?.[1] ?? '')),
    text,
  }));
const [building, running] = stages;
if (building === undefined || running === undefined) throw new Error('the Dockerfile has two stages');

/** Whether .dockerignore lets a path of the project into the build: the last line that fits says so. */
const rules = read('.dockerignore')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
function isLetIn(path: string): boolean {
  const fits = (rule: string) => {
    const parts = rule.split('/');
    return parts.every((part, index) => part === '*' || part === path.split('/')[index]);
  };
  const last = rules.findLast((rule) => fits(rule.replace('!', '')));
  return last?.startsWith('!') === true;
}

const filesBelow = (name: string): string[] =>
  statSync(join(root, name)).isFile()
    ? [name]
    : readdirSync(join(root, name), { recursive: true, encoding: 'utf8' })
        .map((file) => join(name, file))
        .filter((file) => statSync(join(root, file)).isFile());

describe('the image', () => {
  it('is built of everything that the build reads, and of nothing that is not named', () => {
    const copied = new Set(building.copies.flatMap(({ sources }) => sources.flatMap(filesBelow)).filter(isLetIn));
    const entries = [...copied].filter((file) => /^(?:src|adapters)\/.*\.ts$/.test(file));
    const seen = new Set([
      ...entries,
      'test/support/adapter-suite.ts',
      'test/support/thread-tasks.ts',
      'scripts/bundle.js',
      // Asked once by the build.
      'config/gateway.yaml',
      'samples/customers.csv',
    ]);
    // A set that grows while it is walked through.
    for (const file of seen) {
      for (const [, target = ''] of read(file).matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
        // What is given to a test, as text, is no import.
        const path = join(dirname(file), target);
        if (existsSync(join(root, path))) seen.add(path);
      }
    }
    expect(seen.size).toBeGreaterThan(300);
    expect([...seen].filter((file) => !copied.has(file))).toEqual([]);
    for (const name of [
      '.env',
      'deploy/.env',
      'var/gateway.db',
      'node_modules/zod/package.json',
      '.git/config',
      'test/http/tls.test.ts',
    ]) {
      expect([name, isLetIn(name)]).toEqual([name, false]);
    }
  });

  it('serves from a tree that it cannot write to, is found healthy, and ends in order', async () => {
    // Other accounts must reach it, which a folder of the test does not let them.
    const home = await mkdtemp('/tmp/gateway-image-');
    onTestFinished(async () => {
      await promisify(execFile)('chmod', ['-R', 'u+w', home]);
      await rm(home, { recursive: true });
    });
    const image = join(home, 'image');
    await mkdir(image);
    for (const { isBuilt, sources, target } of running.copies) {
      for (const source of sources) {
        const from = source.replace('/build/', '');
        const to = target === './' ? join(image, from) : join(image, target);
        if (!isBuilt) expect(filesBelow(from).filter((file) => !isLetIn(file))).toEqual([]);
        if (from === 'node_modules') await symlink(join(root, from), to);
        else await cp(join(root, from), to, { recursive: true });
      }
    }
    await writeFile(join(home, 'people.csv'), 'customer_id\n1\n');
    await writeFile(
      join(home, 'gateway.yaml'),
      'server: { port: 0 }\nsources: { people: { adapter: csv, file: people.csv } }\nlookups: { default: { sources: people } }\n',
    );
    await chmod(home, 0o755);
    await promisify(execFile)('chmod', ['-R', 'a+rX,a-w', image]);
    const env = { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', GATEWAY_CONFIG: join(home, 'gateway.yaml') };
    const asNobody = process.getuid?.() === 0 ? ['--reuid=65534', '--regid=65534', '--clear-groups'] : [];
    const start = (words: readonly string[], more = {}) => {
      const [command = '', ...args] = asNobody.length === 0 ? words : ['setpriv', ...asNobody, ...words];
      return spawn(...boundToUs(command, args), { cwd: image, env: { ...env, ...more } });
    };
    const child = start(running.command('CMD'));
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (said += piece));
    await until(() => /listening on http\S+\n/.test(said) || child.exitCode !== null);
    const url = /listening on (\S+)/.exec(said)?.[1] ?? said;
    expect(await (await fetch(`${url}/livelookup?customer_id=1`)).text()).toContain('<customer_id>1<');
    const health = async (address: string) => {
      const [status] = await once(start(running.command('HEALTHCHECK'), { HEALTH_URL: address }), 'exit');
      return status;
    };
    expect(await Promise.all([health(`${url}/healthz`), health(`${url}/nothing-here`)])).toEqual([0, 1]);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

const service = z.looseObject({
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.unknown()).default({}),
  networks: z.object({ default: z.object({ ipv4_address: z.string() }) }).optional(),
});

/** A file of compose, whose volumes are looked at, and the plan of one of its services with what that gets. */
async function composed(folder: string, gatewayName: string) {
  const compose = z
    .looseObject({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.object({})) })
    .parse(parse(read(join(folder, 'compose.yaml')), { merge: true }));
  const gateway = compose.services[gatewayName];
  if (gateway === undefined) throw new Error('there is no gateway');
  const plan = await loadConfiguration(join(root, folder, 'config/gateway.yaml'), adapters, {
    ...Object.fromEntries(
      Object.keys(gateway.environment).map((name) => [
        name,
        name === 'HOOK' ? 'https://hooks.example.com/' : `the-value-of-${name}`,
      ]),
    ),
  });
  for (const { volumes } of Object.values(compose.services)) {
    for (const [name = ''] of volumes.map((volume) => volume.split(':'))) {
      if (name.startsWith('./')) expect(existsSync(join(root, folder, name))).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(name);
    }
  }
  return { services: compose.services, gateway, plan };
}

describe('deploy/compose.yaml', () => {
  it('fits its configuration: hosts, variables, files, port', async () => {
    const { services, gateway, plan } = await composed('deploy', 'gateway');
    expect(gateway.ports).toEqual([`127.0.0.1:${plan.server.port}:${plan.server.port}`]);
    expect(plan.server.host).toBe('0.0.0.0');
    for (const { settings } of plan.sources.values()) {
      const { host } = z.looseObject({ host: z.string() }).parse(settings);
      expect(Object.keys(gateway.depends_on)).toContain(host);
      expect(services).toHaveProperty(host);
    }
    expect(plan.store.file.startsWith('/var/lib/helpspot-gateway/')).toBe(true);
    expect(running.text).toContain('VOLUME /var/lib/helpspot-gateway');
  });
});

describe('deploy/several/', () => {
  it('has as many gateways as its nginx knows, which all have the same, and a store that each reaches', async () => {
    const { services, gateway, plan } = await composed('deploy/several', 'gateway-1');
    const gateways = Object.keys(services).filter((name) => name.startsWith('gateway-'));
    const nginx = read('deploy/several/nginx.conf');
    const upstreams = nginx.split(/^upstream /m).slice(1);
    expect(upstreams).toHaveLength(2);
    for (const upstream of upstreams) {
      const servers = Array.from(upstream.matchAll(/^ +server (\S+) /gm), ([, server]) => server);
      expect(servers).toEqual(gateways.map((name) => `${name}:${plan.server.port}`));
    }
    const { balancer } = services;
    for (const name of gateways) {
      const { volumes: [config, state] = [], ...other } = services[name] ?? {};
      expect({ ...other, config }).toEqual({ ...gateway, volumes: undefined, config: gateway.volumes[0] });
      expect(state).toBe(`state-${name.slice('gateway-'.length)}:/var/lib/helpspot-gateway`);
      expect(Object.keys(balancer?.depends_on ?? {})).toContain(name);
    }
    const [port] = balancer?.ports ?? [];
    expect(nginx).toContain(`listen ${port?.split(':').at(-1)};`);
    expect(balancer?.networks?.default.ipv4_address).toBe('172.30.87.10');
    expect(plan.server.host).toBe('0.0.0.0');
    expect(plan.server.trustProxy).toEqual(['172.30.87.10']);
    expect(plan.store.postgres?.where).toMatch(/^postgres:\/\/store[:/]/);
    expect(Object.keys(gateway.depends_on)).toEqual(['store']);
  });
});
