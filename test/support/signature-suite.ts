import { describe, expect, test } from 'vitest'
import { defineConfig } from '../../lib/config/config.ts'
import { receive } from '../../lib/delivery/receive.ts'
import type { HttpRequest } from '../../lib/intake/request.ts'
import { MissingSecretError, SignatureError } from '../../lib/sources/errors.ts'
import type { Encoding } from '../../lib/sources/signature.ts'
import type { Source, SourceContext, Verified } from '../../lib/sources/source.ts'
import { startPipe } from './pipe.ts'

const NOW_MS = Date.UTC(2026, 2, 12, 12)
const SECOND_MS = 1_000
const INSTANCE = 'signed'

/** A secret both sides know; or, where the vendor signs with a private key, the public one we know and the private one. */
type Secret = string | { readonly known: string; readonly signing: string }

export type SignedSource = {
  readonly source: Source
  /** A delivery as the vendor sends it, without its signature. */
  readonly body: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
  readonly options?: Readonly<Record<string, unknown>>
  /** Where the sender proves who it is: a header (lower case) with a signature in it, or the token of the URL. */
  readonly proof: { readonly header: string; readonly encoding: Encoding } | 'token'
  /** Of the time in the signature, where the scheme has one. */
  readonly toleranceMs?: number
  /** The live one, the one it replaces, and one nobody gave us; in the form the vendor gives them out. */
  readonly secrets?: readonly [Secret, Secret, Secret]
  /** Whether the signature covers the body; Ecwid's does not. */
  readonly coversBody?: boolean
}

const SECRETS = ['live', 'old', 'foreign'].map(
  (name) => `whsec_${Buffer.from(`${name}-secret-of-the-signature-suite`).toString('base64')}`,
) as [string, string, string]

type Delivery = { readonly request: HttpRequest; readonly token?: string }

/** What holds for the signature (or the token) of every source. Called once in the source's own test file. */
export function signatureSuite(given: SignedSource): void {
  const { source, toleranceMs } = given
  const [live, old, foreign] = given.secrets ?? SECRETS
  const good = () => deliveryOf(given, live)
  const accepts = (delivery: Delivery, secrets = [live], nowMs = NOW_MS) =>
    expect(verify(given, delivery, secrets.map(known), nowMs)).resolves.toHaveProperty('payload')
  const refuses = (delivery: Delivery, secrets = [live], nowMs = NOW_MS) =>
    expect(verify(given, delivery, secrets.map(known), nowMs)).rejects.toThrow(SignatureError)

  describe(`a delivery of ${source.name}`, () => {
    test('that is signed with the live secret is accepted', () => accepts(good()))

    test.each(Object.entries(DAMAGES))('whose signature is %s is refused', (_, damage) =>
      refuses(damaged(given, good(), damage)),
    )

    if (given.proof !== 'token' && (given.coversBody ?? true)) {
      test('whose body was changed on the way is refused', async () => {
        const { request } = good()
        await refuses({ request: { ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) } })
      })
    }

    test('that is signed with a secret nobody gave us is refused', () => refuses(deliveryOf(given, foreign)))

    test('may be signed with either of two secrets during a rotation, and with no third', async () => {
      await accepts(good(), [live, old])
      await accepts(deliveryOf(given, old), [live, old])
      await refuses(deliveryOf(given, foreign), [live, old])
    })

    if (toleranceMs !== undefined) {
      test('is stale when its time is not within tolerance', async () => {
        for (const sign of [1, -1]) {
          await accepts(good(), [live], NOW_MS + sign * (toleranceMs - SECOND_MS))
          await refuses(good(), [live], NOW_MS + sign * (toleranceMs + SECOND_MS))
        }
      })
    }

    test.each([[[]], [['']]])('is our mistake, not the sender’s, when our secrets are %j', (secrets) =>
      expect(verify(given, good(), secrets)).rejects.toThrow(MissingSecretError),
    )

    test('leaves no secret and no signature in what is stored', async () => {
      const delivery = good()
      const stored = JSON.stringify(await verify(given, delivery, [known(live)]))
      expect(JSON.parse(stored)).toHaveProperty('payload')
      expect(stored).not.toContain(known(live))
      expect(stored).not.toContain(signatureOf(given, delivery))
    })

    test('counts once when it is replayed as it is, and when its sender tries again', () => countsOnce(given))
  })
}

type Damage = (signature: string, encoding: Encoding) => string

const DAMAGES: Readonly<Record<string, Damage>> = {
  bad: (signature) => (signature.startsWith('a') ? 'b' : 'a') + signature.slice(1),
  missing: () => '',
  truncated: (signature) => signature.slice(0, -4),
  'in the wrong encoding': (signature, encoding) =>
    Buffer.from(signature, encoding).toString(encoding === 'hex' ? 'base64' : 'hex'),
}

function damaged(given: SignedSource, delivery: Delivery, damage: Damage): Delivery {
  const { proof } = given
  if (proof === 'token') return { ...delivery, token: damage(delivery.token ?? '', 'base64url') }
  const { headers } = delivery.request
  const signature = signatureOf(given, delivery)
  const value = headers[proof.header]?.replace(signature, () => damage(signature, proof.encoding)) ?? ''
  const { [proof.header]: _, ...rest } = headers
  const kept = damage === DAMAGES['missing'] ? rest : { ...rest, [proof.header]: value }
  return { ...delivery, request: { ...delivery.request, headers: kept } }
}

const SIGNATURES: Readonly<Record<Encoding, RegExp>> = {
  hex: /[0-9a-f]{32,}/gi,
  base64: /[a-z0-9+/]{27,}={0,2}/gi,
  base64url: /[a-z0-9_-]{27,}/gi,
}

/** The signature itself: the last long run of encoded characters of its header. Or the token. */
function signatureOf({ proof }: SignedSource, { request, token }: Delivery): string {
  if (proof === 'token') return token ?? ''
  const found = request.headers[proof.header]?.match(SIGNATURES[proof.encoding])?.at(-1)
  if (found === undefined) throw new Error(`sign leaves no ${proof.encoding} in the header ${proof.header}`)
  return found
}

function deliveryOf(given: SignedSource, secret: Secret, nowMs = NOW_MS): Delivery {
  const { source, body, headers = {}, options = {}, proof } = given
  const bytes = Buffer.from(body)
  const signing = {
    secret: signingSecret(secret),
    nowMs,
    deliveryId: 'delivery-1',
    url: urlOf(source),
    headers,
    options,
  }
  const signature = proof === 'token' ? {} : source.sign(bytes, signing)
  const request = {
    method: 'POST',
    path: `/${source.kind}s/${INSTANCE}`,
    rawQuery: '',
    headers: { 'content-type': 'application/json', ...headers, ...signature },
    body: bytes,
    sourceIp: '127.0.0.1',
  }
  return proof === 'token' ? { request, token: known(secret) } : { request }
}

function verify(
  { source, options = {} }: SignedSource,
  { request, token }: Delivery,
  secrets: readonly string[],
  nowMs = NOW_MS,
): Promise<Verified> {
  const context: SourceContext = {
    instance: INSTANCE,
    options,
    secrets,
    url: urlOf(source),
    acceptTests: true,
    ...(token !== undefined && { token }),
  }
  return source.verify(request, context, nowMs)
}

async function countsOnce(given: SignedSource): Promise<void> {
  const { source, options = {}, secrets: [live] = SECRETS } = given
  const config = defineConfig({
    installation: 'test',
    publicUrl: 'http://localhost',
    sources: { [INSTANCE]: { source: source.name, options, secrets: ['SIGNED'], acceptTests: true } },
  })
  const { pipe } = await startPipe({
    config,
    secret: async () => [known(live)],
    loadSource: async () => source,
  })
  const deliver = async ({ request, token }: Delivery) => {
    const at = { kind: source.kind, name: INSTANCE, ...(token !== undefined && { token }) }
    return receive(request, at, pipe, { remainingMs: () => 0 })
  }
  const nowMs = pipe.ledger.store.now()
  const first = deliveryOf(given, live, nowMs)
  const { eventId, outcome } = await deliver(first)
  const again = [await deliver(first), await deliver(deliveryOf(given, live, nowMs + SECOND_MS))]
  expect(outcome.kind).not.toBe('duplicate')
  expect(again).toMatchObject([0, 1].map(() => ({ eventId, outcome: { kind: 'duplicate' } })))
}

function urlOf(source: Source): string {
  return `http://localhost/${source.kind}s/${INSTANCE}`
}

function known(secret: Secret): string {
  return typeof secret === 'string' ? secret : secret.known
}

function signingSecret(secret: Secret): string {
  return typeof secret === 'string' ? secret : secret.signing
}
