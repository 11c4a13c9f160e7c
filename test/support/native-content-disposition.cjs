'use strict';

// An ES module that a CommonJS package (@fastify/static) requires: Node does that, Jest's module loader does not
// before Node 24.9. So this one package is loaded by Node itself.
const { createRequire } = process.getBuiltinModule('node:module');
module.exports = createRequire(module.filename)('content-disposition');
