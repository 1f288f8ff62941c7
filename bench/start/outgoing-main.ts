import './preload.ts'
import { https } from '../../lib/values/node-http.ts'

/** The first request of a process through `node:https`, and the second one on a new connection. Sends the milliseconds. */
const [port = '', ca = ''] = process.argv.slice(2)
const agent = new https.Agent({ keepAlive: false, ca })
process.send?.({ first: await request(), second: await request() })
process.disconnect?.()

async function request(): Promise<number> {
  const startedAt = performance.now()
  await new Promise<void>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, agent, servername: 'localhost' }
    const sent = https.request(options, (response) => {
      response.resume()
      response.on('end', resolve)
    })
    sent.on('error', reject).end()
  })
  return performance.now() - startedAt
}
