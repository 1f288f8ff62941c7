import { createHash, timingSafeEqual } from 'node:crypto'
import { liveSecrets } from './access.ts'
import { NotUnderstoodError, SignatureError } from './errors.ts'
import { type Answer, formSource } from './form-source.ts'
import { listOf, readable, utcOf } from './form-values.ts'
import { type JsonObject, objectOf, textOf } from './loose-json.ts'
import { orToken, type Proof } from './proof.ts'
import { decodeStrictly, hmac, matchesAnySignature, requireHeader } from './signature.ts'
import type { Json, Source } from './source.ts'

const HEADER = 'x-webhook-signature'

/**
 * A JSON Web Signature (HS256) that contains the SHA-256 of the body
 * (https://docs.netlify.com/site-deploys/notifications/#payload-signature). It has no time.
 */
const jwsProof: Proof = {
  verify({ headers, body }, context) {
    const secrets = liveSecrets(context)
    const [header = '', claims = '', signature = ''] = requireHeader(headers, HEADER).split('.')
    const expected = secrets.map((secret) => hmac('sha256', secret, [`${header}.${claims}`]))
    const isSigned = matchesAnySignature([signature], expected, 'base64url')
    if (!isSigned || !isHs256(header) || !coversBody(claims, body)) {
      throw new SignatureError('the signature does not match')
    }
  },
  sign(body, { secret }) {
    const parts = [
      { alg: 'HS256', typ: 'JWT' },
      { iss: 'netlify', sha256: sha256(body).toString('hex') },
    ]
    const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    return { [HEADER]: `${signed}.${hmac('sha256', secret, [signed]).toString('base64url')}` }
  },
}

/** Outgoing webhooks of Netlify Forms; clock and retries are not published. */
export const netlify: Source = formSource({
  name: 'netlify',
  inlineBudgetMs: 0,
  proof: orToken(HEADER, jwsProof),

  read(payload) {
    const form = objectOf(objectOf(payload)['payload'] ?? payload)
    if (form['data'] === undefined && form['ordered_human_fields'] === undefined) {
      throw new NotUnderstoodError('the body has neither data nor ordered_human_fields')
    }
    const fields = fieldsOf(form)
    return {
      formId: textOf(form['form_name']) ?? textOf(form['form_id']),
      submissionId: textOf(form['id']),
      version: utcOf(form['created_at']),
      submittedAt: utcOf(form['created_at']),
      pageUrl: textOf(objectOf(form['data'])['referrer']) ?? textOf(form['site_url']),
      answers: fields.filter(({ url }) => url === undefined),
      links: fields.flatMap(({ name, url }) => (url === undefined ? [] : [{ field: name, url }])),
    }
  },
})

type Field = Answer & { readonly url: string | undefined }

/** In the form's order where that is told. What Netlify adds to `data` is no field. */
function fieldsOf(form: JsonObject): Field[] {
  const ordered = listOf(form['ordered_human_fields']).map(objectOf)
  if (ordered.length > 0) {
    return ordered.map(({ title, name, value }) =>
      fieldOf(textOf(title) ?? textOf(name) ?? '', textOf(name) ?? '', value ?? null),
    )
  }
  const { ip: _, user_agent: __, referrer: ___, ...data } = objectOf(form['data'])
  return Object.entries(data).map(([name, value]) => fieldOf(name, name, value))
}

function fieldOf(name: string, key: string, value: Json): Field {
  return { name, key, value: readable(value), url: textOf(objectOf(value)['url']) }
}

function isHs256(header: string): boolean {
  return partOf(header)['alg'] === 'HS256'
}

function coversBody(claims: string, body: Buffer): boolean {
  const { iss, sha256: digest } = partOf(claims)
  const given = decodeStrictly(textOf(digest) ?? '', 'hex')
  const actual = sha256(body)
  return iss === 'netlify' && given.length === actual.length && timingSafeEqual(given, actual)
}

/** Read only what is signed: whoever has the secret wrote it. */
function partOf(encoded: string): JsonObject {
  try {
    return objectOf(JSON.parse(decodeStrictly(encoded, 'base64url').toString()) as Json)
  } catch {
    return {}
  }
}

function sha256(body: Buffer): Buffer {
  return createHash('sha256').update(body).digest()
}
