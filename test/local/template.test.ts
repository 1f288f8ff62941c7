import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
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
      - schedule: { rate: 'rate(1 minute)', method: scheduler, input: { job: sweep } }
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
  it('says which functions there are and what starts them', () => {
    const { functions } = parseTemplate(YML)
    expect(functions['receive']).toEqual({
      key: 'receive',
      timeoutMs: 20_000,
      memoryMB: 256,
      routes: [
        { method: 'POST', path: '/forms/{name}' },
        { method: 'POST', path: '/forms/{name}/{token}' },
      ],
      queues: [],
      schedules: [],
    })
    expect(functions['retry']).toMatchObject({
      timeoutMs: 60_000,
      queues: [{ queue: 'RetryQueue', batchSize: 5, maximumConcurrency: 2, reportBatchItemFailures: true }],
      schedules: [{ expressions: ['rate(1 minute)'], input: { job: 'sweep' } }],
    })
  })

  it('says which queues there are', () => {
    expect(parseTemplate(YML).queues).toEqual({
      RetryQueue: { visibilityTimeoutS: 360, redrive: { deadLetterQueue: 'Dead', maxReceiveCount: 5 } },
      Dead: { visibilityTimeoutS: 30 },
    })
  })

  it('that is wrong is refused with the path and the rule', () => {
    const wrong = YML.replace('batchSize: 5', 'batchSize: 50')
    expect(() => parseTemplate(wrong)).toThrow(/functions\.retry\.events\.0/)
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
