import * as z from '../values/schema.ts'
import { liveValues } from './secrets/secrets.ts'

/** A required environment variable is missing or wrong. The message names every variable and its rule. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
}

const Milliseconds = z.coerce.number().check(z.int(), z.minimum(0))

const Environment = z.object({
  /** Full base address of the REST API: `https://host/sdata/crmj/sagecrm2/-`. */
  CRM_URL: z.url({ protocol: /^https?$/ }),
  CRM_USER: z.string().check(z.minLength(1)),
  /** File with the certificates of a CA the CRM's certificate was issued by, in PEM. */
  CRM_CA_FILE: z.optional(z.string().check(z.minLength(1))),
  /** A request is aborted after this long. */
  CRM_REQUEST_TIMEOUT_MS: z._default(Milliseconds, 10_000),
  /** Longer than the CRM itself ever works on one request. With the two others it makes the quarantine of 120 s. */
  CRM_LONGEST_REQUEST_MS: z._default(Milliseconds, 105_000),
  /** From the intent in the ledger to the request on the wire. */
  CRM_SEND_WINDOW_MS: z._default(Milliseconds, 5_000),
  /** Folder of prototypes pulled from the CRM; without it the committed snapshot is used. */
  CRM_PROTOTYPES_DIR: z.optional(z.string().check(z.minLength(1))),
  /** Where the ledger is kept: `sqlite:<file>` on one machine, `dynamodb:<table>` on AWS. */
  LEDGER_URL: z.string().check(z.regex(/^[a-z]+:.+/, 'a store and a place, like sqlite:/var/lib/ledger.db')),
  /** `normal` survives the death of the process, `full` a power cut as well. */
  LEDGER_SYNCHRONOUS: z._default(z.enum(['normal', 'full']), 'full'),
  /** `true` when one process alone works on the ledger, so that earlier leases are void after a restart. */
  LEDGER_SOLE_WORKER: z._default(z.stringbool(), false),
  /**
   * Where secrets are, LEDGER_KEY, CRM_PASSWORD and those the sources name: `env:` in variables of these names, on AWS
   * `ssm:<path>` in Parameter Store.
   */
  SECRETS_URL: z._default(
    z
      .string()
      .check(z.regex(/^(env:|ssm:\/.+\/)$/, 'env: or a path in Parameter Store, like ssm:/name/dev/')),
    'env:',
  ),
  /** Where values go that are too large for DynamoDB: `s3:<bucket>`, or `file:<folder>` on one machine. */
  LEDGER_SPILL_URL: z.optional(
    z.string().check(z.regex(/^[a-z0-9]+:.+/, 'a store and a place, like s3:my-bucket')),
  ),
  AWS_REGION: z.optional(z.string().check(z.minLength(1))),
  /** Origins to use instead of AWS's own. */
  AWS_ENDPOINT_URL_DYNAMODB: z.optional(z.url({ protocol: /^https?$/ })),
  AWS_ENDPOINT_URL_S3: z.optional(z.url({ protocol: /^https?$/ })),
  AWS_ENDPOINT_URL_SESV2: z.optional(z.url({ protocol: /^https?$/ })),
  AWS_ENDPOINT_URL_SSM: z.optional(z.url({ protocol: /^https?$/ })),
  RETRY_QUEUE_URL: z.url(),
  /** `emf` writes metrics into the log, as CloudWatch reads them. */
  METRICS: z._default(z.enum(['emf', 'none']), 'none'),
  PUBLIC_URL: z.optional(z.url({ protocol: /^https?$/ })),
})
export type Environment = z.infer<typeof Environment>

/**
 * The environment variables the functions run on; the only place that reads them.
 * @throws EnvironmentError naming each wrong variable and its rule
 */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  return check(Environment, variables)
}

function check<Shape extends z.ZodMiniType>(shape: Shape, variables: NodeJS.ProcessEnv): z.infer<Shape> {
  const present = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const result = shape.safeParse(present, { jitless: true })
  if (result.success) return result.data
  const issues = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new EnvironmentError(`environment: ${issues.join('; ')}`)
}

const Credentials = z.pipe(
  z.object({
    AWS_ACCESS_KEY_ID: z.string().check(z.minLength(1)),
    AWS_SECRET_ACCESS_KEY: z.string().check(z.minLength(1)),
    AWS_SESSION_TOKEN: z.optional(z.string().check(z.minLength(1))),
  }),
  z.transform((found) => ({
    accessKeyId: found.AWS_ACCESS_KEY_ID,
    secretAccessKey: found.AWS_SECRET_ACCESS_KEY,
    ...(found.AWS_SESSION_TOKEN !== undefined && { sessionToken: found.AWS_SESSION_TOKEN }),
  })),
)

/**
 * The credentials Lambda gives its functions.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 * @throws EnvironmentError
 */
export function readAwsCredentials(variables: NodeJS.ProcessEnv = process.env): z.infer<typeof Credentials> {
  return check(Credentials, variables)
}

/** The live values of a secret that is an environment variable, newest first; empty when there is none. */
export function readSecret(name: string, variables: NodeJS.ProcessEnv = process.env): readonly string[] {
  return liveValues(variables[name] ?? '')
}
