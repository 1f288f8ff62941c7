import { endWithParent } from '../../local/child-lifetime.ts'
import { localFunctions } from '../../local/functions.ts'
import { startGateway } from '../../local/gateway.ts'
import { readTemplate } from '../../local/template.ts'

/** The functions behind a gateway on a free port, in the environment the bench gives them; no queue, no clock. */
const template = await readTemplate()
const functions = localFunctions(template)
const gateway = await startGateway({
  routes: Object.entries(template.functions).flatMap(([name, { routes, timeoutMs, memoryMB }]) =>
    routes.map((route) => {
      const handler = () => functions.get(name)?.handler() ?? Promise.reject(new Error(`no function ${name}`))
      return { ...route, functionName: name, timeoutMs, memoryMB, handler }
    }),
  ),
  port: 0,
  host: '127.0.0.1',
})
endWithParent(() => gateway.close())
process.send?.({ url: gateway.url, pid: process.pid })
