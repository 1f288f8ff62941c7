import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { isSigned } from './signature-v4.ts'

/** The secret access key its callers must sign with. */
export const SECRET_ACCESS_KEY = 'a secret access key'

export type ParameterStoreServer = {
  readonly endpoint: string
  /** SecureStrings by their full names; a test changes them as it likes. */
  readonly parameters: Map<string, string>
  /** The names of every request that was answered. */
  readonly asked: readonly (readonly string[])[]
  /** Answers the next requests with this error, as `{ "__type": … }`. */
  fail(errors: readonly string[]): void
  close(): Promise<void>
}

/**
 * GetParameters of SSM over HTTP, as its reference describes it; a request with a wrong signature is refused.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html
 */
export async function startParameterStore(
  entries: Readonly<Record<string, string>> = {},
): Promise<ParameterStoreServer> {
  const parameters = new Map(Object.entries(entries))
  const asked: string[][] = []
  const errors: string[] = []
  const server = http.createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
    const [status, answer] = answerTo(request, body, errors.shift())
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
    response.end(JSON.stringify(answer))
  })
  const answerTo = (request: http.IncomingMessage, body: Buffer, error: string | undefined) => {
    if (error !== undefined) return [400, { __type: error }] as const
    const problem = problemOf(request, body)
    if (problem !== undefined) return [400, { __type: problem }] as const
    const { Names } = JSON.parse(body.toString()) as { readonly Names: string[] }
    asked.push(Names)
    const found = Names.filter((name) => parameters.has(name))
    const Parameters = found.map((Name) => ({ Name, Type: 'SecureString', Value: parameters.get(Name) }))
    return [200, { Parameters, InvalidParameters: Names.filter((name) => !parameters.has(name)) }] as const
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    parameters,
    asked,
    fail: (more) => void errors.push(...more),
    close: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

function problemOf(request: http.IncomingMessage, body: Buffer): string | undefined {
  const { headers } = request
  if (!isSigned(request, body, SECRET_ACCESS_KEY)) return 'InvalidSignatureException'
  if (headers['content-type'] !== 'application/x-amz-json-1.1') return 'UnknownOperationException'
  if (headers['x-amz-target'] !== 'AmazonSSM.GetParameters') return 'UnknownOperationException'
  const { Names, WithDecryption } = JSON.parse(body.toString()) as Record<string, unknown>
  const isList = Array.isArray(Names) && Names.length >= 1 && Names.length <= 10
  if (!isList || new Set(Names).size < Names.length) return 'ValidationException'
  return WithDecryption === true ? undefined : 'EncryptedValueWithoutDecryption'
}
