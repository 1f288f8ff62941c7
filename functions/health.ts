import middy from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { jsonReply } from '../lib/intake/reply.ts'
import { assemble } from '../lib/runtime/assemble.ts'

/** GET /health: 200 while deliveries can be stored. The CRM may be away; that is what the ledger is for. */
export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
  .use({
    onError: (request) => {
      request.response = jsonReply(503, { status: 'unavailable' }, {})
    },
  })
  .handler(async () => {
    const pipe = await assemble()
    await pipe.ledgerBegan()
    await pipe.ledger.load('health')
    return jsonReply(200, { status: 'ok' }, {})
  })
