import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseTemplate, readTemplate } from '../../local/template.ts'

const YML = `
provider:
  name: aws
  timeout: 20
  stage: \${opt:stage, 'dev'}
functions:
  receive:
    handler: dist/receive.handler
    memorySize: 256
    events:
      - httpApi: POST /forms/{name}
      - httpApi: { method: post, path: '/forms/{name}/{token}' }
  retry:
    handler: dist/retry.handler
    timeout: 60
    events:
      - sqs: { arn: { Fn::GetAtt: [RetryQueue, Arn] }, batchSize: 5, functionResponseType: ReportBatchItemFailures }
resources:
  Resources:
    Table: { Type: AWS::DynamoDB::Table }
    RetryQueue:
      Type: AWS::SQS::Queue
      Properties:
        VisibilityTimeout: 360
        RedrivePolicy: { deadLetterTargetArn: { Fn::GetAtt: [Dead, Arn] }, maxReceiveCount: 5 }
    Dead: { Type: AWS::SQS::Queue, Properties: {} }
`

describe('serverless.yml', () => {
  it('says which functions there are and what starts them', async () => {
    const { functions } = await parseTemplate(YML)
    expect(functions['receive']).toEqual({
      key: 'receive',
      timeoutMs: 20_000,
      memoryMB: 256,
      routes: [
        { method: 'POST', path: '/forms/{name}' },
        { method: 'POST', path: '/forms/{name}/{token}' },
      ],
      queues: [],
    })
    expect(functions['retry']).toMatchObject({
      timeoutMs: 60_000,
      queues: [{ queue: 'RetryQueue', batchSize: 5, maximumConcurrency: 2, reportBatchItemFailures: true }],
    })
  })

  it('says which queues there are', async () => {
    expect((await parseTemplate(YML)).queues).toEqual({
      RetryQueue: { visibilityTimeoutS: 360, redrive: { deadLetterQueue: 'Dead', maxReceiveCount: 5 } },
      Dead: { visibilityTimeoutS: 30 },
    })
  })

  it('may say the same in other ways', async () => {
    const events = async (one: string) => {
      const text = `provider: {}\nfunctions: { f: { handler: a.b, events: [${one}] } }\n`
      const template = `${text}resources: [{ Conditions: {} }, { Resources: { Q: { Type: AWS::SQS::Queue } } }]`
      return (await parseTemplate(template)).functions['f']
    }
    for (const arn of [
      '{ Fn::GetAtt: [Q, Arn] }',
      '{ Fn::GetAtt: Q.Arn }',
      '!GetAtt Q.Arn',
      '!GetAtt [Q, Arn]',
    ]) {
      expect((await events(`{ sqs: { arn: ${arn} } }`))?.queues).toEqual([
        { queue: 'Q', batchSize: 10, maximumConcurrency: 2, reportBatchItemFailures: false },
      ])
    }
    expect((await events("{ httpApi: '* /x' }"))?.routes).toEqual([{ method: 'ANY', path: '/x' }])
  })

  it('may leave timeout and memory to the framework, and have variables and tags elsewhere', async () => {
    const text = `provider: { stage: '\${opt:stage}', role: !Sub '\${AWS::Region}' }\nfunctions: { f: { handler: a.b } }`
    expect(await parseTemplate(text)).toEqual({
      functions: { f: { key: 'f', timeoutMs: 6_000, memoryMB: 1024, routes: [], queues: [] } },
      queues: {},
    })
  })

  it.each([
    ['batchSize: 5', 'batchSize: 50', /^a\.yml: functions\.retry\.events\.0\.sqs\.batchSize: .*10/],
    [
      '[RetryQueue, Arn]',
      '[RetryQueue, Name]',
      /functions\.retry\.events\.0\.sqs\.arn\.Fn::GetAtt\.1: .*Arn/,
    ],
    ['[RetryQueue, Arn]', '[Typo, Arn]', /functions\.retry\.events: .*no queue "Typo"/],
    ['[Dead, Arn]', '[Typo, Arn]', /resources\.Resources\.RetryQueue\.Properties\.RedrivePolicy: .*"Typo"/],
    ['POST /forms/{name}', 'POST', /functions\.receive\.events\.0\.httpApi\.path: /],
    ['POST /forms/{name}', 'SEND /forms', /functions\.receive\.events\.0\.httpApi\.method: an HTTP method/],
    ['httpApi: POST /forms/{name}', 'http: POST /forms', /functions\.receive\.events\.0: .*"http"/],
    ['timeout: 60', 'timeout: soon', /functions\.retry\.timeout: .*number/],
    [
      'VisibilityTimeout: 360',
      'VisibilityTimeout: x',
      /Resources\.RetryQueue\.Properties\.VisibilityTimeout: /,
    ],
    ['provider:', 'provider: [', /^a\.yml: .*at line \d/],
  ])('that is wrong is refused with the path and the rule: %s → %s', async (right, wrong, message) => {
    await expect(parseTemplate(YML.replace(right, wrong), 'a.yml')).rejects.toThrow(message)
  })

  it('may be made of several files, and of what other files work out', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'template-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    await writeFile(path.join(folder, 'queues.yml'), 'Resources: { Q: { Type: AWS::SQS::Queue } }')
    await writeFile(
      path.join(folder, 'parts.cjs'),
      'module.exports = import("./parts.ts").then(({ parts }) => parts)',
    )
    await writeFile(
      path.join(folder, 'parts.ts'),
      'export const parts = { workers: 7 as number, roles: () => ({}) }',
    )
    const event = `{ sqs: { arn: !GetAtt Q.Arn, maximumConcurrency: '\${file(parts.cjs):workers}' } }`
    const text = `provider: {}\nfunctions: { f: { handler: a.b, events: [${event}] } }\n`
    const resources = `resources: ['\${file(queues.yml)}', { Resources: '\${file(parts.cjs):roles}' }]`
    const { functions, queues } = await parseTemplate(
      `${text}${resources}`,
      path.join(folder, 'serverless.yml'),
    )
    expect(functions['f']?.queues).toMatchObject([{ queue: 'Q', maximumConcurrency: 7 }])
    expect(Object.keys(queues)).toEqual(['Q'])
    const missing = parseTemplate(`${text}resources: '\${file(none.yml)}'`, path.join(folder, 'a.yml'))
    await expect(missing).rejects.toThrow(/a\.yml: ENOENT.*none\.yml/)
  })

  it('names exactly the functions that exist, and gives failed messages back singly', async () => {
    const { functions, queues } = await readTemplate()
    const files = await readdir(path.join(import.meta.dirname, '../../functions'))
    expect(Object.keys(functions).toSorted()).toEqual(
      files.map((file) => file.replace(/\.ts$/, '')).toSorted(),
    )
    const mappings = Object.values(functions).flatMap((one) =>
      one.queues.map((queue) => ({ ...queue, timeoutMs: one.timeoutMs })),
    )
    expect(mappings).not.toEqual([])
    for (const mapping of mappings) {
      expect(mapping.reportBatchItemFailures).toBe(true)
      const visibilityMs = (queues[mapping.queue]?.visibilityTimeoutS ?? 0) * 1000
      expect(visibilityMs).toBeGreaterThanOrEqual(6 * mapping.timeoutMs)
      expect(queues[mapping.queue]?.redrive).toBeDefined()
    }
  })
})
