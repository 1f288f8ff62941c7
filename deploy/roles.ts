import type { IntegrationConfig } from '../lib/config/config.ts'
import { secretNames } from '../lib/runtime/secrets/names.ts'
import { type CloudFormation, functionArn, logicalName, roleId, sub } from './naming.ts'
import { scheduledFunctions } from './schedules.ts'

type Grant = { readonly Action: readonly string[]; readonly Resource: unknown }

const arnOf = (resource: string) => ({ 'Fn::GetAtt': [resource, 'Arn'] })
const table = (...Action: string[]): Grant => ({
  Action: Action.map((one) => `dynamodb:${one}`),
  Resource: arnOf('LedgerTable'),
})

/** What is allowed, by the word for it in `MAY`. */
const GRANTS = {
  /** Load, record, claim, settle. Nothing is ever deleted from the table but by its TTL. */
  'read and write the ledger': [table('GetItem', 'UpdateItem')],
  'read the ledger': [table('GetItem')],
  'find what is due': [{ Action: ['dynamodb:Query'], Resource: sub('${LedgerTable.Arn}/index/due') }],
  'read the whole ledger': [table('Scan')],
  /** Without ListBucket a missing blob would be answered 403 and could not be told from a missing permission. */
  'keep large values': [
    { Action: ['s3:ListBucket'], Resource: arnOf('LedgerSpill') },
    { Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], Resource: sub('${LedgerSpill.Arn}/*') },
  ],
  'read large values': [
    { Action: ['s3:ListBucket'], Resource: arnOf('LedgerSpill') },
    { Action: ['s3:GetObject'], Resource: sub('${LedgerSpill.Arn}/*') },
  ],
  'send retries': [{ Action: ['sqs:SendMessage'], Resource: arnOf('RetryQueue') }],
  /** What Lambda's poller does in the name of the function. */
  'take retries': [
    {
      Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      Resource: arnOf('RetryQueue'),
    },
  ],
} as const satisfies Readonly<Record<string, readonly Grant[]>>

type May = {
  readonly grants: readonly (keyof typeof GRANTS)[]
  /** Secrets besides the key of the ledger. */
  readonly crmPassword: boolean
  readonly secretsOf: 'form' | 'order' | 'all' | 'none'
  /** Tells people what has happened, by what `notify` of the configuration names. */
  readonly notifies?: true
}

/** Who finds that the CRM is back wakes what is due. */
const DELIVERS = [
  'read and write the ledger',
  'find what is due',
  'keep large values',
  'send retries',
] as const

/** What each function may do, besides writing its own log. One line for each function of serverless.yml. */
const MAY: Readonly<Record<string, May>> = {
  'receive-form': { grants: DELIVERS, crmPassword: true, secretsOf: 'form' },
  'receive-order': { grants: DELIVERS, crmPassword: true, secretsOf: 'order' },
  'get-file': { grants: ['read the ledger', 'read large values'], crmPassword: false, secretsOf: 'none' },
  health: { grants: ['read and write the ledger'], crmPassword: false, secretsOf: 'none' },
  'retry-delivery': {
    grants: [...DELIVERS, 'take retries'],
    crmPassword: true,
    secretsOf: 'all',
  },
  'run-automation': { grants: DELIVERS, crmPassword: true, secretsOf: 'none' },
  'run-job': {
    grants: [...DELIVERS, 'read the whole ledger'],
    crmPassword: true,
    secretsOf: 'all',
    notifies: true,
  },
}

/** The functions there are roles for. */
export const FUNCTION_NAMES: readonly string[] = Object.keys(MAY)

/** One role for each function, and one for EventBridge. `inVpc`: the functions have network interfaces in a VPC. */
export async function roleResources(config: IntegrationConfig, inVpc: boolean): Promise<CloudFormation> {
  const roles = Object.entries(MAY).map(async ([name, may]) => {
    const statements = [
      ownLog(name),
      ...may.grants.flatMap((grant) => GRANTS[grant]),
      ...mailFor(may, config),
      await secretsFor(may, config),
    ]
    return [roleId(name), role('lambda.amazonaws.com', statements, inVpc)] as const
  })
  return { ...Object.fromEntries(await Promise.all(roles)), SchedulerRole: schedulerRole(config) }
}

/** The Arn of a log group ends with `:*`, which stands for its streams: Lambda names them. */
function ownLog(functionName: string): Grant {
  return {
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: arnOf(`${logicalName(functionName)}LogGroup`),
  }
}

/** The key AWS manages for SSM lets everybody in the account decrypt what SSM lets them read. */
async function secretsFor(
  { crmPassword, secretsOf, notifies }: May,
  config: IntegrationConfig,
): Promise<Grant> {
  const kind = secretsOf === 'all' ? undefined : secretsOf
  const ofSources = kind === 'none' ? [] : await secretNames(config, kind)
  const chat = notifies && config.notify.chat ? [config.notify.chat.secret] : []
  const names = ['LEDGER_KEY', ...(crmPassword ? ['CRM_PASSWORD'] : []), ...ofSources, ...chat]
  return { Action: ['ssm:GetParameters'], Resource: names.map(parameterArn) }
}

/** The sender is verified with SES as an address or by its domain. */
function mailFor({ notifies }: May, { notify: { email } }: IntegrationConfig): Grant[] {
  if (!notifies || email === undefined) return []
  const identities = [email.from, email.from.replace(/^.*@/, '')]
  const arn = 'arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity'
  return [{ Action: ['ses:SendEmail'], Resource: identities.map((one) => sub(`${arn}/${one}`)) }]
}

function parameterArn(name: string): CloudFormation {
  const path = 'parameter/${self:service}/${sls:stage}'
  return sub(`arn:\${AWS::Partition}:ssm:\${AWS::Region}:\${AWS::AccountId}:${path}/${name}`)
}

/** Network interfaces have no names before they exist: the policy AWS keeps for that allows them on `*`. */
const VPC_POLICY = 'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole'

function role(service: string, statements: readonly Grant[], inVpc = false): CloudFormation {
  const Properties = {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
    ...(inVpc && { ManagedPolicyArns: [sub(VPC_POLICY)] }),
    Policies: [
      {
        PolicyName: 'own',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: statements.map((grant) => ({ Effect: 'Allow', ...grant })),
        },
      },
    ],
  }
  return { Type: 'AWS::IAM::Role', Properties }
}

function schedulerRole(config: IntegrationConfig): CloudFormation {
  const Resource = scheduledFunctions(config).map(functionArn)
  return role('scheduler.amazonaws.com', [{ Action: ['lambda:InvokeFunction'], Resource }])
}
