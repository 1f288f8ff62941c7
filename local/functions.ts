import type { Context } from 'aws-lambda'
import { invoke } from './invoke.ts'
import type { Template } from './template.ts'

type Handler = (event: never, context: Context) => unknown

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
  const module = (await import(`../functions/${key}.ts`)) as { handler?: Handler }
  if (module.handler === undefined) throw new Error(`functions/${key}.ts exports no handler`)
  return module.handler
}

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined
  return () => {
    loading ??= load()
    return loading
  }
}
