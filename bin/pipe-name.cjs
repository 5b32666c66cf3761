'use strict';
// The named pipe over which a gateway on Windows is asked in place of a Unix socket. The gateway and who asks it name it here.
const { createHash } = require('node:crypto');
const { win32 } = require('node:path');

/**
 * The pipe of a configuration: the same for every way in which Windows lets its path be written.
 * @param {string} config absolute, or relative to the working folder
 */
exports.pipeName = (config) => {
  const path = win32.resolve(config).toLowerCase();
  return `\\\\.\\pipe\\helpspot-gateway-${createHash('sha256').update(path).digest('hex').slice(0, 16)}`;
};

/** Whether a path is that of a pipe of this machine: `\\SERVER\pipe\NAME` would be another one's. */
exports.isPipe = (path) => /^\\\\[.?]\\pipe\\[^\\/]{1,240}$/i.test(path);
