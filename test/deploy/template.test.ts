import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { ALARMS } from '../../deploy/alarms.ts'
import { logicalName, roleId } from '../../deploy/naming.ts'
import { FUNCTION_NAMES } from '../../deploy/roles.ts'
import integration from '../../integration.config.ts'
import { schedulesOf } from '../../lib/config/schedules.ts'
import { LIFETIMES_IN_DAYS } from '../../lib/delivery/store/spill.ts'
import { ledgerKey } from '../../lib/runtime/ledger-key.ts'
import { METRIC_UNITS } from '../../lib/values/metrics.ts'
import { readTemplate } from '../../local/template.ts'
import { buildBundles, type Packaged, packageStage, type Resource } from './packaged.ts'

type Statement = { readonly Effect: string; readonly Action: unknown; readonly Resource: unknown }

const PACKAGING_MS = 120_000

/** The stage that is packaged, with everything in it that a parameter can ask for. */
const STAGE = 'prod'
const PARAMS = [
  'domainName=forms.example.com',
  'certificateArn=arn:aws:acm:us-east-1:1:certificate/1',
  'webAclArn=arn:aws:wafv2:us-east-1:1:global/webacl/1',
  'alarmEmail=it@example.com',
]

let packaged: Packaged
beforeAll(async () => {
  await buildBundles()
  packaged = await packageStage(STAGE, PARAMS)
}, PACKAGING_MS)

function resource(id: string): Resource {
  const found = packaged.resources[id]
  if (found === undefined) throw new Error(`the template has no ${id}`)
  return found
}

function ofType(type: string): (readonly [string, Resource])[] {
  return Object.entries(packaged.resources).filter(([, { Type }]) => Type === type)
}

function statementsOf(role: Resource): Statement[] {
  const policies = role.Properties['Policies'] as { PolicyDocument: { Statement: Statement[] } }[]
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
}

/** Logical ids a value refers to. */
function referred(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referred)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => {
    if (key === 'Ref') return [String(one)]
    if (key === 'Fn::GetAtt') return [Array.isArray(one) ? String(one[0]) : (String(one).split('.')[0] ?? '')]
    const text = key === 'Fn::Sub' ? (Array.isArray(one) ? String(one[0]) : String(one)) : ''
    const inText = [...text.matchAll(/\$\{([A-Za-z]\w*)(?:\.\w+)?\}/g)].map(([, id = '']) => id)
    return [...inText, ...referred(one)]
  })
}

describe('functions', () => {
  it('are those of functions/, of serverless.yml and of the table of roles', async () => {
    const files = (await readdir('functions')).map((file) => path.basename(file, '.ts')).toSorted()
    expect(Object.keys((await readTemplate()).functions).toSorted()).toEqual(files)
    expect([...FUNCTION_NAMES].toSorted()).toEqual(files)
    expect(
      ofType('AWS::Lambda::Function')
        .map(([id]) => id)
        .toSorted(),
    ).toEqual(files.map((file) => `${logicalName(file)}LambdaFunction`).toSorted())
  })

  it.each(FUNCTION_NAMES)(
    '%s runs Node 24 on arm64 under a role of its own, and its log ends some day',
    (name) => {
      const { Properties } = resource(`${logicalName(name)}LambdaFunction`)
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: `dist/${name}.handler`,
        MemorySize: expect.any(Number),
        Timeout: expect.any(Number),
        Role: { 'Fn::GetAtt': [roleId(name), 'Arn'] },
        Tags: expect.arrayContaining([{ Key: 'stage', Value: STAGE }]),
      })
      expect(resource(`${logicalName(name)}LogGroup`).Properties['RetentionInDays']).toBe(90)
    },
  )

  it('answer before the API gives up after 30 s, and are bounded in number where people can start them', () => {
    const routed = ['receive-form', 'receive-order', 'health', 'get-file'].map(
      (name) => `${logicalName(name)}LambdaFunction`,
    )
    for (const id of routed) expect(resource(id).Properties['Timeout']).toBeLessThan(30)
    for (const id of routed.slice(0, 2))
      expect(resource(id).Properties['ReservedConcurrentExecutions']).toBe(50)
  })

  it('have no secret in their environment, and are told where secrets are', async () => {
    const secrets = /PASSWORD|SECRET(?!S_URL)|TOKEN|KEY/i
    for (const [, { Properties }] of ofType('AWS::Lambda::Function')) {
      const { Variables } = Properties['Environment'] as { Variables: Record<string, unknown> }
      expect(Object.keys(Variables).filter((name) => secrets.test(name))).toEqual([])
      expect(Variables['SECRETS_URL']).toBe(`ssm:/sage-crm-functions/${STAGE}/`)
    }
    const settings = String(JSON.stringify(resource('StageSettings')))
    expect(settings).not.toMatch(secrets)
    await expect(ledgerKey({ place: 'here', read: async () => [] })).rejects.toThrow('LEDGER_KEY')
  })

  it.each(FUNCTION_NAMES)('%s is packaged whole, with its source maps and nothing else', async (name) => {
    const lazy = (await readdir(`dist/${name}`)).map((file) => `dist/${name}/${file}`)
    expect(packaged.archives[name]?.toSorted()).toEqual(
      [`dist/${name}.mjs`, `dist/${name}.mjs.map`, ...lazy].toSorted(),
    )
    expect(lazy.some((file) => file.endsWith('.mjs.map'))).toBe(true)
  })
})

describe('roles', () => {
  it('allow no action and no resource by a *', () => {
    const roles = ofType('AWS::IAM::Role')
    expect(roles.map(([id]) => id).toSorted()).toEqual(
      [...FUNCTION_NAMES.map(roleId), 'SchedulerRole'].toSorted(),
    )
    for (const [id, role] of roles) {
      expect(role.Properties).not.toHaveProperty('ManagedPolicyArns')
      for (const { Effect, Action, Resource } of statementsOf(role)) {
        expect([id, Effect, JSON.stringify(Action).includes('*')]).toEqual([id, 'Allow', false])
        // The blobs have no names before they are written.
        const starred = JSON.stringify(Resource).includes('*') ? Resource : undefined
        expect([undefined, { 'Fn::Sub': `\${LedgerSpill.Arn}/*` }]).toContainEqual(starred)
      }
    }
  })

  it('name each secret, and give a function no more of them than it reads', () => {
    const namesFor = (name: string) =>
      statementsOf(resource(roleId(name)))
        .filter(({ Action }) => String(Action) === 'ssm:GetParameters')
        .flatMap(({ Resource }) => (Resource as { 'Fn::Sub': string }[]).map((one) => one['Fn::Sub']))
        .map((arn) => arn.replace(/^.*:parameter\/sage-crm-functions\/prod\//, ''))
    for (const name of ['health', 'get-file']) expect(namesFor(name)).toEqual(['LEDGER_KEY'])
    expect(namesFor('receive-form').slice(0, 2)).toEqual(['LEDGER_KEY', 'CRM_PASSWORD'])
  })

  it('let only the job that reads everything scan the table, and nobody delete an item', () => {
    const actions = FUNCTION_NAMES.map((name) => {
      const own = statementsOf(resource(roleId(name))).flatMap(({ Action }) => Action as string[])
      return [name, own] as const
    })
    expect(actions.filter(([, own]) => own.includes('dynamodb:Scan')).map(([name]) => name)).toEqual([
      'run-job',
    ])
    expect(actions.flatMap(([, own]) => own).filter((one) => /DeleteItem|BatchWrite/.test(one))).toEqual([])
  })

  it('let the job that tells people send as the configured address alone, and read the address of the chat', async () => {
    const { roleResources } = await import('../../deploy/roles.ts')
    const notify = {
      email: { from: 'crm@example.com', to: ['it@example.com'] },
      chat: { secret: 'CHAT_URL' },
    }
    const roles = await roleResources({ ...integration, notify }, false)
    const own = (name: string) => JSON.stringify(statementsOf(roles[roleId(name)] as Resource))
    expect(own('run-job')).toMatch(/ses:SendEmail.*identity\/crm@example\.com.*identity\/example\.com/)
    expect(own('run-job')).toContain('/CHAT_URL')
    expect(own('receive-form')).not.toMatch(/ses:|CHAT_URL/)
  })

  it('with a VPC get the policy of AWS for network interfaces, and nothing more', async () => {
    const { roleResources } = await import('../../deploy/roles.ts')
    const roles = await roleResources(integration, true)
    for (const name of FUNCTION_NAMES) {
      const { Properties } = roles[roleId(name)] as Resource
      expect(Properties['ManagedPolicyArns']).toEqual([
        { 'Fn::Sub': expect.stringMatching(/:policy\/service-role\/AWSLambdaVPCAccessExecutionRole$/) },
      ])
    }
  })
})

describe('the retry queue', () => {
  it('is encrypted, gives a worker six times its timeout, and keeps dead letters for 14 days', () => {
    const worker = resource('RetryDashdeliveryLambdaFunction').Properties['Timeout'] as number
    const queue = resource('RetryQueue').Properties
    expect(queue['VisibilityTimeout']).toBeGreaterThanOrEqual(6 * worker)
    expect(queue['RedrivePolicy']).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': ['RetryDeadLetterQueue', 'Arn'] },
      maxReceiveCount: 5,
    })
    const fortnightS = 14 * 24 * 60 * 60
    expect(resource('RetryDeadLetterQueue').Properties).toMatchObject({ MessageRetentionPeriod: fortnightS })
    for (const [, { Properties }] of ofType('AWS::SQS::Queue'))
      expect(Properties['SqsManagedSseEnabled']).toBe(true)
  })

  it('is read with partial failures, by as many workers as the CRM has slots', () => {
    expect(ofType('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) => Properties)).toEqual([
      expect.objectContaining({
        EventSourceArn: { 'Fn::GetAtt': ['RetryQueue', 'Arn'] },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: integration.crm.concurrency },
      }),
    ])
  })
})

describe('the ledger', () => {
  it('is kept, protected, encrypted, on demand, restorable, and forgets by its TTL', () => {
    const table = resource('LedgerTable')
    expect([table['DeletionPolicy'], table['UpdateReplacePolicy']]).toEqual(['Retain', 'Retain'])
    expect(table.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    })
  })

  it('has a private, encrypted bucket that is kept, with a rule for every lifetime and none for what is kept', () => {
    const bucket = resource('LedgerSpill')
    expect([bucket['DeletionPolicy'], bucket['UpdateReplacePolicy']]).toEqual(['Retain', 'Retain'])
    const { PublicAccessBlockConfiguration, BucketEncryption, LifecycleConfiguration } = bucket.Properties
    expect(Object.values(PublicAccessBlockConfiguration as object)).toEqual([true, true, true, true])
    expect(JSON.stringify(BucketEncryption)).toContain('AES256')
    expect(LifecycleConfiguration).toEqual({
      Rules: LIFETIMES_IN_DAYS.map((days) => ({
        Status: 'Enabled',
        Prefix: `${days}d/`,
        ExpirationInDays: days,
      })),
    })
  })

  it('is reached over TLS alone', () => {
    const { Statement } = resource('LedgerSpillPolicy').Properties['PolicyDocument'] as {
      Statement: Statement[]
    }
    expect(Statement).toMatchObject([
      { Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': false } } },
    ])
  })
})

describe('schedules', () => {
  it('are those of the configuration, in their time zones, and start the function they mean', () => {
    const found = ofType('AWS::Scheduler::Schedule').map(([, { Properties }]) => {
      const { Arn, Input } = Properties['Target'] as { Arn: { 'Fn::GetAtt': string[] }; Input: string }
      return {
        name: Properties['Description'],
        functionId: Arn['Fn::GetAtt'][0],
        input: JSON.parse(Input) as unknown,
        expression: Properties['ScheduleExpression'],
        timeZone: Properties['ScheduleExpressionTimezone'],
      }
    })
    expect(found).toEqual(
      schedulesOf(integration).map(({ functionName, ...schedule }) => ({
        ...schedule,
        functionId: `${logicalName(functionName)}LambdaFunction`,
      })),
    )
  })
})

describe('alarms', () => {
  it('are all there, go to one topic, and say what to run first', () => {
    for (const { name, says, first } of ALARMS) {
      expect(resource(`${name}Alarm`).Properties).toMatchObject({
        AlarmActions: [{ Ref: 'AlarmTopic' }],
        AlarmDescription: `${says} First: ${first} --stage ${STAGE}`,
      })
    }
    expect(ofType('AWS::SNS::Topic')).toHaveLength(1)
    expect(resource('AlarmEmail').Properties).toMatchObject({ Endpoint: 'it@example.com' })
  })

  it('stand in docs/operations.md with the same words', async () => {
    const manual = await readFile('docs/operations.md', 'utf8')
    const rows = ALARMS.map(({ name, says, first }) => `| ${name} | ${says} | \`${first}\` |`)
    expect(rows.filter((row) => !manual.includes(row))).toEqual([])
  })

  it('watch metrics that are written', () => {
    const ours = ofType('AWS::CloudWatch::Alarm')
      .filter(([, { Properties }]) => Properties['Namespace'] === 'SageCrmFunctions')
      .map(([, { Properties }]) => String(Properties['MetricName']))
    expect(ours.length).toBeGreaterThan(5)
    expect(ours.filter((name) => !(name in METRIC_UNITS))).toEqual([])
  })

  it('about silence take no value for the worst, and are there for sources that name their rhythm', async () => {
    const { alarmResources } = await import('../../deploy/alarms.ts')
    const contact = { source: 'web-form', silentAfterHours: 48 }
    const { ContactSilentAlarm } = alarmResources({ sources: { contact } } as never)
    expect(ContactSilentAlarm).toMatchObject({
      Properties: {
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'breaching',
        EvaluationPeriods: 48,
        Period: 3_600,
        Dimensions: [{ Name: 'instance', Value: 'contact' }],
      },
    })
    expect(resource('SweeperSilentAlarm').Properties['TreatMissingData']).toBe('breaching')
  })

  it('have a dashboard beside them that is JSON', () => {
    const body = (resource('Dashboard').Properties['DashboardBody'] as { 'Fn::Sub': string })['Fn::Sub']
    expect((JSON.parse(body) as { widgets: unknown[] }).widgets.length).toBeGreaterThan(8)
  })
})

describe('the front door', () => {
  it('turns away what is above its rate, and logs nothing of the path, which may hold a token', () => {
    const { DefaultRouteSettings, AccessLogSettings } = resource('HttpApiStage').Properties
    expect(DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 })
    const { Format } = AccessLogSettings as { Format: string }
    const logged = [...Format.matchAll(/\$context\.([\w.]+)/g)].map(([, name]) => name)
    expect(logged).toContain('requestId')
    expect(logged.filter((name) => /path|query|identity|authorizer|header/i.test(name ?? ''))).toEqual([])
  })

  it('is CloudFront with the web ACL where one is given, under the name that is given', () => {
    const { DistributionConfig } = resource('FrontDoor').Properties
    expect(DistributionConfig).toMatchObject({
      WebACLId: 'arn:aws:wafv2:us-east-1:1:global/webacl/1',
      Aliases: { 'Fn::If': ['HasDomain', ['forms.example.com'], { Ref: 'AWS::NoValue' }] },
    })
    expect(resource('FrontDoor')['Condition']).toBe('HasWebAcl')
    expect(resource('ApiDomain')['Condition']).toBe('HasRegionalDomain')
  })
})

describe('the template', () => {
  it('refers to nothing that is not there, and to nothing in a circle', () => {
    const edges = new Map(
      Object.entries(packaged.resources).map(([id, { Properties, DependsOn }]) => [
        id,
        [...referred(Properties), ...[DependsOn ?? []].flat().map(String)].filter(
          (one) => !one.startsWith('AWS'),
        ),
      ]),
    )
    const pseudo = new Set(['PublicUrl'])
    const targets = [...edges.values()].flat()
    expect(targets.length).toBeGreaterThan(100)
    expect(targets.filter((id) => !edges.has(id) && !pseudo.has(id))).toEqual([])
    const done = new Set<string>()
    const visit = (id: string, above: readonly string[]): string[][] => {
      if (above.includes(id)) return [[...above, id]]
      if (done.has(id)) return []
      const circles = (edges.get(id) ?? []).flatMap((next) => visit(next, [...above, id]))
      done.add(id)
      return circles
    }
    expect([...edges.keys()].flatMap((id) => visit(id, []))).toEqual([])
  })

  it('has every variable resolved and stays far below what CloudFormation takes', () => {
    expect(packaged.text).not.toMatch(/\$\{(param|self|sls|file|opt|env):/)
    expect(Buffer.byteLength(packaged.text)).toBeLessThan(500_000)
    expect(Object.keys(packaged.resources).length).toBeLessThan(250)
  })
})
