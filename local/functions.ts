import { type Handler, invoke } from './invoke.ts'
import type { Template } from './template.ts'

/** Every function there is; a test holds this table and serverless.yml together. */
const modules: Readonly<Record<string, () => Promise<{ readonly handler: Handler }>>> = {
  'get-file': () => import('../functions/get-file.ts'),
  health: () => import('../functions/health.ts'),
  'receive-form': () => import('../functions/receive-form.ts'),
  'receive-order': () => import('../functions/receive-order.ts'),
  'retry-delivery': () => import('../functions/retry-delivery.ts'),
  'run-automation': () => import('../functions/run-automation.ts'),
  'run-job': () => import('../functions/run-job.ts'),
}

export type LocalFunction = {
  readonly name: string
  readonly timeoutMs: number
  readonly memoryMB: number
  /** Loaded at its first use, as a cold start does. */
  handler(): Promise<Handler>
  invoke(event: unknown): Promise<unknown>
}

/** The functions of serverless.yml: `functions/<key>.ts`, loaded in this process. */
export function localFunctions(template: Template): ReadonlyMap<string, LocalFunction> {
  const functions = Object.values(template.functions).map(({ key, timeoutMs, memoryMB }) => {
    const handler = once(() => loadHandler(key))
    const run = async (event: unknown) =>
      invoke(await handler(), event, { functionName: key, timeoutMs, memoryMB })
    return [key, { name: key, timeoutMs, memoryMB, handler, invoke: run }] as const
  })
  return new Map(functions)
}

async function loadHandler(key: string): Promise<Handler> {
  const load = modules[key]
  if (load === undefined)
    throw new Error(`serverless.yml names the function "${key}", which local/functions.ts does not`)
  return (await load()).handler
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined
  return () => {
    loading ??= load()
    return loading
  }
}
