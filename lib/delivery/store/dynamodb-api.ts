import { type AwsOptions, awsExchange } from './aws-request.ts'
import { errorCode, type RetryOptions, sendWithRetries, unavailable } from './aws-retries.ts'

/** A value as DynamoDB spells it: text, number, bytes in base64, map. */
export type Attribute =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly M: Attributes }
export type Attributes = { readonly [name: string]: Attribute }

type Page = { readonly Items?: readonly Attributes[]; readonly LastEvaluatedKey?: Attributes }

/** The few operations we use, with what we read of their answers. */
type Operations = {
  GetItem: { readonly Item?: Attributes }
  UpdateItem: { readonly Attributes?: Attributes }
  Query: Page
  Scan: Page
}

export type Called<Output> = {
  /** Undefined when the condition of the request did not hold. */
  readonly output: Output | undefined
  /** True when an earlier try of the same request may have been carried out. */
  readonly unclear: boolean
}

export type DynamoDb = {
  /** @throws StoreUnavailableError */
  call<Name extends keyof Operations>(operation: Name, input: object): Promise<Called<Operations[Name]>>
  close(): void
}

/** DynamoDB's low-level API. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html */
export function dynamoDb(options: Omit<AwsOptions, 'service'>, retries: RetryOptions): DynamoDb {
  const aws = awsExchange({ ...options, service: 'dynamodb' })
  return {
    close: () => aws.close(),
    call: async (operation, input) => {
      const { answer, unclear } = await sendWithRetries(post(operation, input), aws, retries)
      if (errorCode(answer) === 'ConditionalCheckFailedException') return { output: undefined, unclear }
      if (answer.status !== 200) throw unavailable(answer)
      return { output: JSON.parse(answer.body.toString()), unclear }
    },
  }
}

function post(operation: string, input: object) {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
  }
  return { method: 'POST', path: '/', headers, body: JSON.stringify(input) } as const
}

export function textOf(attribute: Attribute | undefined): string | undefined {
  return attribute !== undefined && 'S' in attribute ? attribute.S : undefined
}

export function numberOf(attribute: Attribute | undefined): number | undefined {
  return attribute !== undefined && 'N' in attribute ? Number(attribute.N) : undefined
}
