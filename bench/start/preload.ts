/**
 * Node's own modules that are loaded when a function's code begins to load: those the runtime's interface client for
 * Node.js requires (aws/aws-lambda-nodejs-runtime-interface-client), and what they require. It requires them; an import
 * of `node:http` would load more.
 */
const LOADED = [
  'async_hooks',
  'buffer',
  'crypto',
  'events',
  'fs',
  'fs/promises',
  'http',
  'module',
  'os',
  'path',
  'stream',
  'timers/promises',
  'url',
  'util',
]
for (const name of LOADED) process.getBuiltinModule(name)
