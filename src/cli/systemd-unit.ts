/** The systemd unit of the gateway: with its own account, and with nothing that it does not need. */
import { dirname, join } from 'node:path';
import { ENV_FILE } from '../config/env-file.ts';
import { UserError } from '../contract/index.ts';
import { printable } from './text-width.ts';

/** What the unit depends on. All paths are absolute. */
export interface UnitNeeds {
  /** The account that it runs as. */
  readonly user: string;
  readonly node: string;
  /** The folder of our package.json. */
  readonly packageRoot: string;
  readonly configuration: string;
  /** Undefined: unknown. */
  readonly port: number | undefined;
}

/** The name of the service, and of its folders in /etc, /var/lib and /var/log. */
export const SERVICE = 'helpspot-gateway';

/** Homes are not seen, unless something of ours lies there. */
const HOMES = /^\/(?:home|root|run\/user)(?:\/|$)/;

/**
 * A whole unit. See systemd.exec(5) and systemd.service(5).
 * @throws {UserError} for a path that cannot stand in a unit
 */
export function systemdUnit({ user, node, packageRoot, configuration, port }: UnitNeeds): string {
  const command = [node, `${packageRoot}/bin/helpspot-gateway`, 'serve', `--config=${configuration}`];
  const isAtHome = [node, packageRoot, configuration].some((path) => HOMES.test(path));
  const needsPort = port !== undefined && port > 0 && port < 1024;
  return `# Written by: helpspot-gateway service install. Changes of your own: systemctl edit ${SERVICE}
[Unit]
Description=HelpSpot gateway
Wants=network-online.target
After=network-online.target
# However long a system or the network is away: it is tried again.
StartLimitIntervalSec=0

[Service]
Type=notify
# systemd-notify, a child process, sends for the gateway.
NotifyAccess=all
ExecStart=${command.map(unitWord).join(' ')}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5s
# The event loop stood still so long.
WatchdogSec=60s
# Calls in hand have server.deadline (2m at most), pushes under way some seconds more.
TimeoutStopSec=150s
KillMode=mixed

User=${user}
Group=${user}
UMask=0077
StateDirectory=${SERVICE}
StateDirectoryMode=0700
LogsDirectory=${SERVICE}
LogsDirectoryMode=0750
ConfigurationDirectory=${SERVICE}
# For the socket of bin/livelookup. Kept, since during an update a second gateway may have its own there.
RuntimeDirectory=${SERVICE}
RuntimeDirectoryMode=0750
RuntimeDirectoryPreserve=yes
WorkingDirectory=/var/lib/${SERVICE}
Environment=NODE_ENV=production
# NAME=value lines for \${NAME} in the configuration; read by systemd before the account changes: chmod 600, root.
EnvironmentFile=-${settingPath(join(dirname(configuration), ENV_FILE))}
EnvironmentFile=-/etc/${SERVICE}/gateway.env
# Or files that only the service sees, as "\${file:/run/credentials/${SERVICE}.service/key}":
#LoadCredential=key:/etc/${SERVICE}/key

NoNewPrivileges=yes
CapabilityBoundingSet=${needsPort ? 'CAP_NET_BIND_SERVICE' : ''}
AmbientCapabilities=${needsPort ? 'CAP_NET_BIND_SERVICE' : ''}
ProtectSystem=strict
ProtectHome=${isAtHome ? 'read-only' : 'yes'}
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
# V8 writes machine code while it runs.
MemoryDenyWriteExecute=no
# Two thousand connections, and files.
LimitNOFILE=16384

[Install]
WantedBy=multi-user.target
`;
}

/** A path that is the whole of a setting: of that systemd expands % only. */
function settingPath(path: string): string {
  return path.replaceAll('%', '%%');
}

/** One word of a command of a unit: systemd expands % and $, and takes quotes and backslashes for its own. */
function unitWord(text: string): string {
  for (const character of text) {
    if (character < ' ' || character === '\u007f') {
      const shown = printable(text);
      throw new UserError(
        `${shown} has a line end or another control character in its name; a unit cannot name it, so rename it`,
      );
    }
  }
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w./=:@%+-]+$/.test(text) ? escaped : `"${escaped}"`;
}
