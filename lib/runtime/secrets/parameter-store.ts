import { type AwsOptions, awsExchange } from '../../delivery/store/aws-request.ts'
import { type RetryOptions, sendWithRetries, unavailable } from '../../delivery/store/aws-retries.ts'
import * as z from '../../values/schema.ts'

const Parameters = z.object({
  Parameters: z.array(z.object({ Name: z.string(), Value: z.string() })),
})

export type ParameterStore = {
  /**
   * Decrypted values by full name; a parameter that is not there is missing from the map. At most ten names.
   * @throws StoreUnavailableError
   */
  get(names: readonly string[]): Promise<ReadonlyMap<string, string>>
  close(): void
}

/** What one call may name. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html */
export const NAMES_AT_ONCE = 10

/** SSM Parameter Store, of which one operation is used: GetParameters of SecureStrings. */
export function parameterStore(options: Omit<AwsOptions, 'service'>, retries: RetryOptions): ParameterStore {
  const aws = awsExchange({ ...options, service: 'ssm' })
  return {
    close: () => aws.close(),
    get: async (Names) => {
      const { answer } = await sendWithRetries(getParameters(Names), aws, retries)
      if (answer.status !== 200) throw unavailable(answer)
      const found = Parameters.parse(JSON.parse(answer.body.toString()))
      return new Map(found.Parameters.map(({ Name, Value }) => [Name, Value]))
    },
  }
}

function getParameters(Names: readonly string[]) {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameters' }
  return {
    method: 'POST',
    path: '/',
    headers,
    body: JSON.stringify({ Names, WithDecryption: true }),
  } as const
}
