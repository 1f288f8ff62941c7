import net, { type AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export type AnswerLosingProxy = {
  readonly endpoint: string
  /** The next so many answers are thrown away and their connections closed, after the server has done the work. */
  loseAnswers(count: number): void
  readonly lost: () => number
}

/** Stands before a server and loses its answers when it is told to. */
export async function answerLosingProxy(target: string): Promise<AnswerLosingProxy> {
  const { hostname, port } = new URL(target)
  let toLose = 0
  let lost = 0
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(port), hostname)
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    client.pipe(upstream)
    upstream.on('data', (chunk) => {
      if (toLose === 0) return void client.write(chunk)
      toLose -= 1
      lost += 1
      client.destroy()
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseAnswers: (count) => {
      toLose = count
    },
    lost: () => lost,
  }
}
