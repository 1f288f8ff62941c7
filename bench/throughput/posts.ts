import { http } from '../../lib/values/node-http.ts'

/** Answer times of so many calls, sorted, in milliseconds, and how many were answered in a second. */
export type Load = { readonly perSecond: number; readonly times: readonly number[] }

/** Makes `count` calls, `concurrency` of them at once. */
export async function load(
  count: number,
  concurrency: number,
  call: (n: number) => Promise<void>,
): Promise<Load> {
  const numbers = Array.from({ length: count }, (_, index) => index).values()
  const times: number[] = []
  const startedAt = performance.now()
  const worker = async () => {
    for (const number of numbers) {
      const sentAt = performance.now()
      await call(number)
      times.push(performance.now() - sentAt)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  const perSecond = (count / (performance.now() - startedAt)) * 1_000
  return { perSecond, times: times.toSorted((a, b) => a - b) }
}

/** The time below which this share of the answers came. */
export function percentile({ times }: Load, share: number): number {
  return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN
}

export type Call = {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
}

/** JSON over kept connections. Throws when the answer is not of the 200s. */
export function caller(): { call: (call: Call) => Promise<Record<string, unknown>>; close: () => void } {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
  const call = ({ url, method, headers = {}, body }: Call) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      const text = body === undefined ? '' : JSON.stringify(body)
      const sent = {
        ...headers,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(text)),
      }
      const request = http.request(url, { method, agent, headers: sent }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString()
          const { statusCode = 0 } = response
          if (statusCode >= 200 && statusCode < 300) resolve(JSON.parse(answer) as Record<string, unknown>)
          else reject(new Error(`${method} ${url}: ${statusCode} ${answer}`))
        })
      })
      request.on('error', reject)
      request.end(text)
    })
  return { call, close: () => agent.destroy() }
}
