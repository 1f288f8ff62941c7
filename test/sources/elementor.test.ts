import { describe, expect, test } from 'vitest'
import { elementor } from '../../lib/sources/elementor.ts'
import { identityOf, NOON_MS, tell } from '../support/form-delivery.ts'
import { signatureSuite } from '../support/signature-suite.ts'

const headers = { 'content-type': 'application/x-www-form-urlencoded' }
type Fields = readonly (readonly [string, string])[]

function encoded(fields: Fields): string {
  return new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])).toString()
}

async function told(fields: Fields, options = {}) {
  return (await tell(elementor, encoded(fields), { headers, options })).event
}

signatureSuite({ source: elementor, body: 'Message=hi&form_id=1', headers, proof: 'token' })

test('labels may have blanks behind them, and what Elementor adds is no field', async () => {
  const event = await told([
    ['Email ', 'anna@example.com'],
    ['Topics', 'a'],
    ['Topics', 'b'],
    ['Page URL', 'https://example.com/contact'],
    ['Date', '16/09/2026'],
    ['Remote IP', '192.0.2.1'],
    ['form_id', '90ad4c1'],
  ])
  expect(event).toMatchObject({
    email: 'anna@example.com',
    pageUrl: 'https://example.com/contact',
    fields: [
      { name: 'Email', value: 'anna@example.com' },
      { name: 'Topics', value: 'a, b' },
    ],
  })
})

describe('advanced data', () => {
  const field = (id: string, type: string, title: string, value: string): Fields => [
    [`fields[${id}][id]`, id],
    [`fields[${id}][type]`, type],
    [`fields[${id}][title]`, title],
    [`fields[${id}][value]`, value],
    [`fields[${id}][raw_value]`, value],
  ]

  test('gives titles, and types that tell e-mail and phone', async () => {
    const fields = [
      ...field('a1', 'email', 'Onde escrevemos?', 'anna@example.com'),
      ...field('a2', 'tel', 'Whatsapp', '(85) 9'),
      ...field('a3', 'text', '', 'x'),
      ...field('a4', 'recaptcha', 'Captcha', 'token'),
      ...field('a5', 'checkbox', 'Cores', 'Azul, Verde'),
    ]
    expect(await told(fields)).toMatchObject({
      email: 'anna@example.com',
      phone: '(85) 9',
      fields: [
        { name: 'Onde escrevemos?' },
        { name: 'Whatsapp' },
        { name: 'a3' },
        { name: 'Cores', value: 'Azul, Verde' },
      ],
    })
  })

  test('has uploads as links', async () => {
    const urls = ['https://example.com/a.pdf', 'https://example.com/b.pdf']
    const fields = [
      ...field('a', 'text', 'Message', 'hi'),
      ...field('b', 'upload', 'Plans', urls.join(' , ')),
    ]
    expect(await told(fields)).toMatchObject({
      fields: [{ name: 'Message' }],
      links: urls.map((url) => ({ field: 'Plans', url })),
    })
  })

  test('names the form for the list of forms', async () => {
    const fields = [...field('a', 'text', 'Message', 'hi'), ['form[id]', 'c1d6fde'] as const]
    expect(await told(fields, { forms: ['other'] })).toEqual({ kind: 'ignored', reason: 'unmapped-form' })
    expect(await told(fields, { forms: ['c1d6fde'] })).toMatchObject({ kind: 'form-submission' })
  })
})

test('a second click within ten minutes is the same submission, the clock in the form notwithstanding', async () => {
  const at = (time: string, nowMs: number) =>
    identityOf(
      elementor,
      encoded([
        ['Message', 'hi'],
        ['Time', time],
      ]),
      { headers, nowMs },
    )
  const first = await at('8:25 am', NOON_MS)
  expect(await at('8:26 am', NOON_MS + 60_000)).toEqual(first)
  expect((await at('8:36 am', NOON_MS + 11 * 60_000)).aliases).toContain(first.id)
  expect((await at('9:25 am', NOON_MS + 60 * 60_000)).aliases).not.toContain(first.id)
})

test('the visitor’s form has nothing filled in: nothing to make a case of', async () => {
  await expect(
    told([
      ['Message', ' '],
      ['form_id', '1'],
    ]),
  ).rejects.toThrow('the form has no filled field')
})
