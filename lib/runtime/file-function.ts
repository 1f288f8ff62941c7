import middy from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { type FileLink, isOurLink } from '../delivery/file-links.ts'
import type { Pipe } from '../delivery/pipe.ts'
import { PayloadGoneError } from '../delivery/receipts.ts'
import { DecodedForm, type FormFile } from '../intake/decoded-form.ts'
import { fileReply, jsonReply } from '../intake/reply.ts'
import { assemble } from './assemble.ts'
import { createLog } from './log.ts'

type Reply = APIGatewayProxyStructuredResultV2

const log = createLog()

/** The handler of `GET /files/{id}/{index}?expires=…&signature=…`: a file somebody sent with a form. */
export function fileFunction(open: () => Promise<Pipe> = assemble) {
  return middy<APIGatewayProxyEventV2, Reply>()
    .use({
      onError: (request) => {
        log.error('no file', { errorName: request.error?.name ?? 'unknown' })
        request.response = jsonReply(503, { error: 'not available, please try again' }, {})
      },
    })
    .handler(async (event) => answer(event, await open()))
}

async function answer(event: APIGatewayProxyEventV2, pipe: Pipe): Promise<Reply> {
  const { link, signature } = linkOf(event)
  if (!isOurLink(link, signature, pipe)) return jsonReply(403, { error: 'the link is not one of ours' }, {})
  if (link.expiresAt <= pipe.ledger.store.now()) return jsonReply(410, { error: 'the link has expired' }, {})
  const file = await fileOf(link, pipe)
  if (file === undefined) return jsonReply(410, { error: 'the file is not kept any more' }, {})
  log.info('downloaded', { eventId: link.eventId })
  return fileReply(Buffer.from(file.contentBase64, 'base64'), file.filename || 'file')
}

function linkOf({ pathParameters, queryStringParameters }: APIGatewayProxyEventV2) {
  const link: FileLink = {
    eventId: pathParameters?.['id'] ?? '',
    index: Number(pathParameters?.['index']),
    expiresAt: Number(queryStringParameters?.['expires']),
  }
  return { link, signature: queryStringParameters?.['signature'] ?? '' }
}

async function fileOf({ eventId, index }: FileLink, { ledger }: Pipe): Promise<FormFile | undefined> {
  const event = await ledger.load(eventId)
  if (event === undefined) return undefined
  try {
    const { payload } = await ledger.payload(event.record)
    return DecodedForm.safeParse(payload).data?.files[index]
  } catch (error) {
    if (error instanceof PayloadGoneError) return undefined
    throw error
  }
}
