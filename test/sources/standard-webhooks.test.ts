import { generateKeyPairSync } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { SignatureError } from '../../lib/sources/errors.ts'
import type { SourceContext } from '../../lib/sources/source.ts'
import { standardWebhooksForm, standardWebhooksOrder } from '../../lib/sources/standard-webhooks.ts'
import { post } from '../support/http-request.ts'
import { signatureSuite } from '../support/signature-suite.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const TOLERANCE_MS = 300_000
const BODY = '{"type":"form.submitted","data":{"email":"anna@example.com","message":"hi"}}'
const OPTIONS = {
  ignore: [{ when: { where: 'type', isNot: ['form.submitted'] }, reason: 'unknown-topic' }],
  form: { fields: 'data' },
}

function context(secrets: readonly string[] = [SECRET]): SourceContext {
  const url = 'https://crm.example.com/forms/any'
  return { instance: 'any', options: OPTIONS, secrets, url, acceptTests: false }
}

/** A key pair as Standard Webhooks writes them: the raw bytes in base64. */
function keyPair() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const rawPublic = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32)
  const known = `whpk_${rawPublic.toString('base64')}`
  return { known, signing: `whsk_${Buffer.concat([seed, rawPublic]).toString('base64')}` }
}

describe('v1, with a shared secret', () => {
  signatureSuite({
    source: standardWebhooksForm,
    body: BODY,
    options: OPTIONS,
    proof: { header: 'webhook-signature', encoding: 'base64' },
    toleranceMs: TOLERANCE_MS,
  })
})

describe('v1a, with a key pair', () => {
  signatureSuite({
    source: standardWebhooksOrder,
    body: BODY,
    options: { order: { id: 'data.id', currency: '=EUR' } },
    proof: { header: 'webhook-signature', encoding: 'base64' },
    secrets: [keyPair(), keyPair(), keyPair()],
    toleranceMs: TOLERANCE_MS,
  })
})

function signed(secret = SECRET, nowMs = Date.now()) {
  const signing = { secret, nowMs, deliveryId: 'msg_1', url: '', headers: {}, options: OPTIONS }
  return { ...standardWebhooksForm.sign(Buffer.from(BODY), signing) }
}

const json = (headers: Record<string, string>) => post(BODY, { contentType: 'application/json', headers })

test('the reference library verifies what we sign, and we what it signs', async () => {
  expect(new Webhook(SECRET).verify(BODY, signed())).toEqual(JSON.parse(BODY))
  const now = new Date()
  const headers = {
    'webhook-id': 'msg_2',
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(SECRET).sign('msg_2', now, BODY),
  }
  const verified = await standardWebhooksForm.verify(json(headers), context(), now.getTime())
  expect(standardWebhooksForm.identify(verified, context(), now.getTime())).toEqual({
    id: 'msg_2',
    aliases: [],
  })
})

test('Svix’s own header names are the same delivery', async () => {
  const legacy = Object.fromEntries(
    Object.entries(signed()).map(([name, value]) => [name.replace('webhook-', 'svix-'), value]),
  )
  const verified = await standardWebhooksForm.verify(json(legacy), context(), Date.now())
  expect(standardWebhooksForm.identify(verified, context(), 0).id).toBe('msg_1')
})

test('a sender may sign with a secret and a key pair at once, whichever of them we have', async () => {
  const pair = keyPair()
  const [one, other] = [signed(), signed(pair.signing)]
  const headers = { ...one, 'webhook-signature': `${other['webhook-signature']} ${one['webhook-signature']}` }
  for (const secrets of [[SECRET], [pair.known], [pair.known, SECRET], [keyPair().known, SECRET]]) {
    const verified = standardWebhooksForm.verify(json(headers), context(secrets), Date.now())
    await expect(verified).resolves.toHaveProperty('payload')
  }
  const stranger = standardWebhooksForm.verify(json(headers), context([keyPair().known]), Date.now())
  await expect(stranger).rejects.toThrow(SignatureError)
})

test('the type decides whether it is our business', async () => {
  const verified = await standardWebhooksForm.verify(json(signed()), context(), Date.now())
  const event = standardWebhooksForm.toEvent(verified, context())
  expect(event).toMatchObject({ kind: 'form-submission', email: 'anna@example.com', message: 'hi' })
  const other = { ...verified, payload: { type: 'user.created' } }
  expect(standardWebhooksForm.toEvent(other, context())).toEqual({ kind: 'ignored', reason: 'unknown-topic' })
})

test('its options have no signature to describe', () => {
  const options = { signature: { header: 'x-a' } }
  expect(() => standardWebhooksForm.needsSecret?.({ ...context(), options })).toThrow(/signature/)
})
