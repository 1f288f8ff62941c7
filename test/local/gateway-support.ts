import type { APIGatewayProxyEventV2, Context } from 'aws-lambda'
import { onTestFinished } from 'vitest'
import { type Gateway, type GatewayOptions, startGateway } from '../../local/gateway.ts'

export type TestHandler = (event: APIGatewayProxyEventV2, context: Context) => unknown

type Settings = Partial<
  Pick<GatewayOptions, 'onFailure' | 'mayPass' | 'integrationLimitMs' | 'closeWithinMs'>
> & {
  readonly timeoutMs?: number
  readonly routes?: readonly (readonly [method: string, path: string])[]
}

const FORMS = [
  ['POST', '/forms/{name}'],
  ['POST', '/forms/{name}/{token}'],
] as const

/** A gateway on a free port with one function behind all its routes; it closes with the test. */
export async function gatewayOf(handler: TestHandler, settings: Settings = {}): Promise<Gateway> {
  const { timeoutMs = 5_000, routes = FORMS, ...options } = settings
  const route = { functionName: 'f', timeoutMs, memoryMB: 512, handler: async () => handler as never }
  const gateway = await startGateway({
    routes: routes.map(([method, path]) => ({ ...route, method, path })),
    port: 0,
    host: '127.0.0.1',
    closeWithinMs: 1_000,
    ...options,
  })
  onTestFinished(() => gateway.close())
  return gateway
}

export function post(
  gateway: Gateway,
  init: RequestInit & { duplex?: 'half' } = {},
  path = '/forms/x',
): Promise<Response> {
  return fetch(gateway.url + path, { method: 'POST', ...init })
}
