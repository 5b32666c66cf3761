'use strict';
// Imports a module that is no part of the gateway. A file of its own that no tool rewrites: the bundled command
// line is compiled by hand and has no import() itself, and in tests the module must be Node's affair alone.

/** @param {string} url of the module @returns {Promise<Record<string, unknown>>} what it exports */
exports.importModule = (url) => import(url);
