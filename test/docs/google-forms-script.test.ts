import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { googleForms } from '../../lib/sources/google-forms.ts'
import type { SourceContext } from '../../lib/sources/source.ts'
import { post } from '../support/http-request.ts'

const SECRET = 'a sécret of the script'
const ADDRESS = 'https://your-address/forms/enquiry'
const NOW_MS = Date.UTC(2026, 10, 24, 10, 15, 30)

type Sent = { payload: string; contentType: string; headers: Record<string, string> }

/** The script of the page, in a world that looks to it like Google's; `answers` are the status codes it gets. */
async function runScript(answers: readonly (number | Error)[]) {
  const page = await readFile(new URL('../../docs/sources/google-forms.md', import.meta.url), 'utf8')
  const [, script = ''] = /```js\n(.*?)```/s.exec(page) ?? []
  const sent: (Sent & { address: string })[] = []
  const slept: number[] = []
  const world = {
    Date: class extends Date {
      constructor() {
        super(NOW_MS)
      }
      static override now() {
        return NOW_MS
      }
    },
    PropertiesService: { getScriptProperties: () => ({ getProperty: () => SECRET }) },
    Utilities: {
      Charset: { UTF_8: 'utf8' },
      sleep: (ms: number) => void slept.push(ms),
      computeHmacSha256Signature: (text: string, key: string, charset: string) => {
        expect(charset).toBe('utf8')
        return [...new Int8Array(createHmac('sha256', key).update(text).digest())]
      },
    },
    UrlFetchApp: {
      fetch: (address: string, options: Sent) => {
        sent.push({ ...options, address })
        const answer = answers[sent.length - 1] ?? 200
        if (answer instanceof Error) throw answer
        return { getResponseCode: () => answer }
      },
    },
    console: { warn: () => undefined },
    event: EVENT,
  }
  const run = () => runInNewContext(`${script}\nsend(event)`, world)
  return { run, sent, slept }
}

function itemOf(id: number, title: string, type: string, response: unknown, rows: readonly string[] = []) {
  const grid = () => ({ getRows: () => rows })
  const item = {
    getId: () => id,
    getTitle: () => title,
    getType: () => type,
    asGridItem: grid,
    asCheckboxGridItem: grid,
  }
  return { getItem: () => item, getResponse: () => response }
}

const EVENT = {
  source: { getId: () => 'form-1' },
  response: {
    getId: () => 'response-1',
    getTimestamp: () => new Date(NOW_MS - 1_000),
    getRespondentEmail: () => '',
    getItemResponses: () => [
      itemOf(1, 'Email', 'TEXT', 'zoë@example.com'),
      itemOf(2, 'Message', 'PARAGRAPH_TEXT', 'Grüße'),
      itemOf(3, 'Days', 'CHECKBOX', ['Mon', 'Tue']),
      itemOf(4, 'Rate', 'GRID', ['4', null], ['Speed', 'Price']),
      itemOf(5, 'Which', 'CHECKBOX_GRID', [['a', 'b'], null], ['One', 'Two']),
      itemOf(6, 'Plan', 'FILE_UPLOAD', ['file-id']),
    ],
  },
}

const context: SourceContext = {
  instance: 'enquiry',
  options: {},
  secrets: [SECRET],
  url: ADDRESS,
  acceptTests: false,
}

test('what the script of the page sends is verified and understood', async () => {
  const { run, sent } = await runScript([200])
  run()
  const [{ payload, contentType, headers, address } = {} as Sent & { address: string }, ...more] = sent
  expect([address, more]).toEqual([ADDRESS, []])
  const lower = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const verified = await googleForms.verify(post(payload, { contentType, headers: lower }), context, NOW_MS)
  expect(googleForms.identify(verified, context, NOW_MS).subject).toBe('submission:response-1')
  expect(googleForms.toEvent(verified, context)).toMatchObject({
    email: 'zoë@example.com',
    message: 'Grüße',
    standing: { version: '2026-11-24T10:15:30.000Z' },
    submittedAt: '2026-11-24T10:15:29.000Z',
    fields: [
      { name: 'Email' },
      { name: 'Message' },
      { name: 'Days', value: 'Mon, Tue' },
      { name: 'Rate', value: 'Speed: 4' },
      { name: 'Which', value: 'One: a, b' },
    ],
    links: [{ field: 'Plan', url: 'https://drive.google.com/open?id=file-id' }],
  })
})

test('the script tries again, and says so when it gives up', async () => {
  const later = await runScript([503, new Error('DNS'), 200])
  later.run()
  expect(later.sent.map(({ payload }) => payload)).toEqual(Array(3).fill(later.sent[0]?.payload))
  expect(later.slept).toEqual([0, 5_000, 30_000])
  const never = await runScript([503, 503, 503, 503])
  expect(never.run).toThrow(/did not take the response response-1/)
})
