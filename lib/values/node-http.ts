/**
 * Node's HTTP modules without an `import`: an ES module that imports `node:http` has all its exports read, WebSocket among
 * them, and reading that loads the whole of `fetch` (Node.js 24, lib/http.js), which costs a cold start 10 ms and more; of
 * `node:tls` it reads every root certificate. Lambda's runtime has loaded the modules themselves already.
 */
export const http = process.getBuiltinModule('node:http')
export const https = process.getBuiltinModule('node:https')
export const tls = process.getBuiltinModule('node:tls')
