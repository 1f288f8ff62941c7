import type { buildApp } from 'fauxqs'
import * as z from 'zod'

/** What one action of SQS answers to its input. Throws SqsRefusal. */
export type SqsAction = (input: unknown) => Promise<object>

/** An error as SQS answers it: its code, such as `InvalidParameterValue`, and the HTTP status that goes with it. */
export class SqsRefusal extends Error {
  override readonly name = 'SqsRefusal'
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.code = code
    this.status = status
  }
}

const CONTENT_TYPE = 'application/x-amz-json-1.0'

/** Adds actions that the server lacks, by name. They speak its protocol, AWS JSON 1.0: the name is in `x-amz-target`. */
export function addActions(
  app: ReturnType<typeof buildApp>,
  actions: Readonly<Record<string, SqsAction>>,
): void {
  const byTarget = new Map(Object.entries(actions).map(([name, action]) => [`AmazonSQS.${name}`, action]))
  app.addHook('preHandler', async (request, reply) => {
    const action = byTarget.get(String(request.headers['x-amz-target']))
    if (action === undefined) return
    const { status, body } = await answer(action, request.body)
    await reply.code(status).type(CONTENT_TYPE).send(JSON.stringify(body))
  })
}

async function answer(action: SqsAction, input: unknown): Promise<{ status: number; body: object }> {
  try {
    return { status: 200, body: await action(input) }
  } catch (error) {
    const { code, message, status } = refusalOf(error)
    return { status, body: { __type: `com.amazonaws.sqs#${code}`, message } }
  }
}

function refusalOf(error: unknown): SqsRefusal {
  if (error instanceof SqsRefusal) return error
  if (error instanceof z.ZodError) return new SqsRefusal('InvalidParameterValue', z.prettifyError(error))
  return new SqsRefusal('InternalFailure', String(error), 500)
}
