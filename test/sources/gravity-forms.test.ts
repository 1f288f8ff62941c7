import { expect, test } from 'vitest'
import { gravityForms } from '../../lib/sources/gravity-forms.ts'
import type { Json } from '../../lib/sources/source.ts'
import { eventOf, identityOf, tell } from '../support/form-delivery.ts'
import { signatureSuite } from '../support/signature-suite.ts'

type Entry = Readonly<Record<string, string | null>>

function entry(fields: Entry, more: Entry = {}): Json {
  return { id: '7', form_id: '3', date_created: '2026-02-06 13:31:59', ip: '192.0.2.1', ...fields, ...more }
}

signatureSuite({ source: gravityForms, body: JSON.stringify(entry({ '1': 'x' })), proof: 'token' })

test('fields are called what the configuration calls them, and known by that', async () => {
  const labels = { '2': 'E-mail', '5': 'Message' }
  expect(
    await eventOf(gravityForms, entry({ '2': 'anna@example.com', '5': 'hi', '9': 'x' }), { labels }),
  ).toMatchObject({
    email: 'anna@example.com',
    message: 'hi',
    fields: [
      { name: 'E-mail', value: 'anna@example.com' },
      { name: 'Message', value: 'hi' },
      { name: 'Field 9', value: 'x' },
    ],
  })
})

test('a field can be configured by its number', async () => {
  const options = { fields: { company: '4', lastName: '1.6' }, labels: { '1.6': 'Surname' } }
  expect(await eventOf(gravityForms, entry({ '1.6': 'Doe', '4': 'ACME' }), options)).toMatchObject({
    company: 'ACME',
    lastName: 'Doe',
  })
})

test('the parts of a name are one field, and an address without a label is known by its look', async () => {
  const name = { '1.2': '', '1.3': 'Anna Maria', '1.4': '', '1.6': 'Kowalska', '1.8': '' }
  expect(await eventOf(gravityForms, entry({ ...name, '2': 'anna@example.com' }))).toMatchObject({
    firstName: 'Anna Maria',
    lastName: 'Kowalska',
    email: 'anna@example.com',
    fields: [
      { name: 'Field 2', value: 'anna@example.com' },
      { name: 'Name', value: 'Anna Maria Kowalska' },
    ],
  })
})

test('the inputs of an address and of a checkbox are one field each, without those left empty', async () => {
  const inputs = {
    '3.1': '1 High St',
    '3.3': 'Dublin',
    '3.6': 'Ireland',
    '4.1': 'Tea',
    '4.2': '',
    '4.3': 'Coffee',
  }
  expect(await eventOf(gravityForms, entry(inputs), { labels: { '4': 'Drinks' } })).toMatchObject({
    fields: [
      { name: 'Field 3', value: '1 High St, Dublin, Ireland' },
      { name: 'Drinks', value: 'Tea, Coffee' },
    ],
  })
})

test.each([
  ['a:2:{i:0;s:7:"Kraków";i:1;s:2:"ab";}', 'Kraków, ab'],
  ['a:1:{i:0;a:2:{s:4:"Name";s:3:"Ann";s:3:"Age";i:7;}}', 'Name: Ann; Age: 7'],
  ['a:2:{i:0;s:600:"short";}', 'a:2:{i:0;s:600:"short";}'],
  ['a:1:{i:0;O:8:"stdClass":0:{}}', 'a:1:{i:0;O:8:"stdClass":0:{}}'],
  ['a:1:{i:0;s:9:"Q&amp;A x";}', 'Q&A x'],
  ['["Red","Blue"]', 'Red, Blue'],
  ['["broken', '["broken'],
  ['Tom &amp; Jerry &lt; &#8217;', 'Tom & Jerry < ’'],
])('%s reads %s', async (written, value) => {
  expect(await eventOf(gravityForms, entry({ '6': written }))).toMatchObject({ fields: [{ value }] })
})

test('uploads are links, an address the visitor typed is not', async () => {
  const upload = 'https://example.com/wp-content/uploads/gravity_forms/3-ab/plan.pdf'
  const fields = { '1': upload, '2': JSON.stringify([upload, `${upload}?2`]), '3': 'https://example.com' }
  expect(await eventOf(gravityForms, entry(fields))).toMatchObject({
    fields: [{ name: 'Field 3', value: 'https://example.com' }],
    links: [
      { field: 'Field 1', url: upload },
      { field: 'Field 2', url: upload },
      { field: 'Field 2', url: `${upload}?2` },
    ],
  })
})

test('urlencoded is read as JSON is', async () => {
  const body = new URLSearchParams({ id: '7', form_id: '3', '1': 'anna@example.com' }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  expect((await tell(gravityForms, body, { headers })).event).toMatchObject({ email: 'anna@example.com' })
})

test('an edited entry has the subject of the first one and a later version', async () => {
  const first = await tell(gravityForms, entry({ '1': 'x' }))
  const edited = await tell(gravityForms, entry({ '1': 'y' }, { date_updated: '2026-02-07 08:00:00' }))
  expect(edited.identity.id).not.toBe(first.identity.id)
  expect(edited.identity.subject).toBe(first.identity.subject)
  expect(first.event).toMatchObject({ standing: { version: '2026-02-06T13:31:59.000Z' } })
  expect(edited.event).toMatchObject({ standing: { version: '2026-02-07T08:00:00.000Z' } })
})

test('chosen fields without an entry id are known by their content', async () => {
  const identity = await identityOf(gravityForms, { name: 'Anna' })
  expect(identity).toMatchObject({ aliases: [expect.any(String)] })
  expect(identity).not.toHaveProperty('subject')
})
