import type { Context } from 'aws-lambda'
import { invoke } from '../../local/invoke.ts'

type Handler = (event: never, context: Context) => unknown

/** What a handler returns for an event, run as Lambda would. */
export async function run<T>(load: Promise<{ handler: Handler }>, event: unknown): Promise<T> {
  const { handler } = await load
  return (await invoke(handler, event, { functionName: 'f', timeoutMs: 28_000, memoryMB: 512 })) as T
}

/** Posts a form to the instance `contact` as API Gateway would; gives back what is answered. */
export async function postForm(body: FormData | URLSearchParams): Promise<Record<string, string>> {
  const request = new Request('http://localhost/forms/contact', { method: 'POST', body })
  const event = {
    headers: Object.fromEntries(request.headers),
    rawPath: '/forms/contact',
    rawQueryString: '',
    pathParameters: { name: 'contact' },
    requestContext: {
      requestId: 'correlation',
      http: { method: 'POST', path: '/forms/contact', sourceIp: '::1' },
    },
    body: Buffer.from(await request.arrayBuffer()).toString('base64'),
    isBase64Encoded: true,
  }
  const answer = await run<{ body: string }>(import('../../functions/receive-form.ts'), event)
  return JSON.parse(answer.body) as Record<string, string>
}
