/** A PHP script behind nginx and php-fpm, set up as well as an administrator would for speed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { requireServers } from '../../test/support/directory/availability.ts';
import { freePorts } from '../../test/support/directory/lifecycle.ts';
import { runTool, ServerProcess } from '../../test/support/directory/process.ts';
import { type Availability, commandPath } from '../../test/support/packages.ts';
import { Contender, HOST } from './contender.ts';

const CHILDREN = 8;

/** The programs that are needed. */
export interface PhpPrograms {
  readonly fpm: string;
  readonly nginx: string;
}

/**
 * Finds or installs them.
 * @param extension of PHP, as `php -m` calls it
 * @param debianPackage that holds the extension
 * @throws Error that says why there are none
 */
export async function requirePhp(extension: string, debianPackage: string): Promise<PhpPrograms> {
  const why = 'the script that is compared';
  const fpm = pathOf(await requireFpm([extension, 'Zend OPcache'], debianPackage, why));
  return { fpm, nginx: pathOf(await requireServers(['nginx'], ['nginx-light'], why)) };
}

/** Debian calls it after the version of PHP. */
async function requireFpm(extensions: readonly string[], debianPackage: string, why: string): Promise<Availability> {
  const works = async (path: string) => {
    const lines = (await runTool(path, ['-m'])).split('\n');
    return extensions.every((extension) => lines.includes(extension));
  };
  for (const command of ['php-fpm', 'php-fpm8.4']) {
    const path = await commandPath(command);
    if (path !== undefined && (await works(path))) return { ok: true, path };
  }
  return await requireServers(['php-fpm8.2'], ['php-fpm', debianPackage], why, works);
}

/** @throws Error with the reason when there is none */
export function pathOf(available: Availability): string {
  if (!available.ok) throw new Error(available.reason);
  return available.path;
}

/**
 * A script of `bench/php/`. `folder` is made.
 * @param parameters what the script finds in `$_SERVER`; without a quote or a backslash, which nginx would read
 */
export async function phpContender(
  folder: string,
  { fpm, nginx }: PhpPrograms,
  script: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Contender> {
  const [fpmPort = 0, port = 0] = await freePorts(HOST, 2);
  const [fpmFile, nginxFile] = [join(folder, 'fpm.conf'), join(folder, 'nginx.conf')];
  await mkdir(join(folder, 'nginx'), { recursive: true });
  await writeFile(fpmFile, fpmConfiguration(folder, fpmPort));
  const all = { SCRIPT_FILENAME: resolve('bench/php', script), ...REQUEST, ...parameters };
  await writeFile(nginxFile, nginxConfiguration(folder, { port, fpmPort }, all));
  return new Contender(`http://${HOST}:${port}`, folder, [
    // As root only with -R: this one serves nobody but us.
    new ServerProcess({
      name: 'php-fpm',
      command: fpm,
      args: ['-F', '-R', '-y', fpmFile],
      host: HOST,
      ports: [fpmPort],
    }),
    new ServerProcess({
      name: 'nginx',
      command: nginx,
      args: ['-p', folder, '-c', nginxFile],
      host: HOST,
      ports: [port],
    }),
  ]);
}

const REQUEST = { REQUEST_METHOD: '$request_method', QUERY_STRING: '$query_string' };

function fpmConfiguration(folder: string, port: number): string {
  return `[global]
pid = ${folder}/fpm.pid
error_log = ${folder}/fpm.log
[www]
listen = ${HOST}:${port}
pm = static
pm.max_children = ${CHILDREN}
user = root
group = root
php_admin_flag[opcache.enable] = on
`;
}

function nginxConfiguration(
  folder: string,
  { port, fpmPort }: { readonly port: number; readonly fpmPort: number },
  parameters: Readonly<Record<string, string>>,
): string {
  const lines = Object.entries(parameters).map(([name, value]) => `fastcgi_param ${name} '${value}';`);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/nginx;`,
  );
  // nginx closes a connection after 1,000 requests, which the load generator may count as a failure.
  return `daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr;
events { worker_connections 256; }
http {
  access_log off;
  keepalive_requests 100000000;
  ${paths.join(' ')}
  server {
    listen ${HOST}:${port};
    location / { fastcgi_pass ${HOST}:${fpmPort}; ${lines.join(' ')} }
  }
}
`;
}
