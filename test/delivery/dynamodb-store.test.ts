import { closesSharedDynamoDb, createTable, sharedDynamoDb, steppedClock } from '../support/dynamodb.ts'
import { storeContract } from './store-contract.ts'

closesSharedDynamoDb()

storeContract('DynamoDB', async () => {
  const table = await createTable(await sharedDynamoDb())
  const { clock, advance } = steppedClock(1_000_000)
  return { store: table.open({ clock }), advance }
})
