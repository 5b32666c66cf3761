'use strict';
// Stands in a bundle for a module that it never uses (livelookup.js says
// which). A class, because whoever imports it may ask whether something is one.
module.exports = class Unused {
  constructor() {
    throw new Error('this module was left out of the bundle as unused');
  }
};
