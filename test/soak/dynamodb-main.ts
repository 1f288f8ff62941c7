import { endWithParent } from '../../local/child-lifetime.ts'
import { createTable, startDynamoDb } from '../support/dynamodb.ts'

/** A server that speaks DynamoDB's protocol, with one table like the deployed one, as a process of its own. */
const server = await startDynamoDb()
const { endpoint, table } = await createTable(server)
endWithParent(server.close)
process.send?.({ type: 'ready', endpoint, table })
