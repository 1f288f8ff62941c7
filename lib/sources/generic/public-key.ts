import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'

/** DER before the 32 bytes of an Ed25519 key (RFC 8410 §4 and §7). */
const ED25519_PUBLIC = Buffer.from('302a300506032b6570032100', 'hex')
const ED25519_PRIVATE = Buffer.from('302e020100300506032b657004220420', 'hex')
const ED25519_BYTES = 32

/** A public key in PEM (a certificate will do), or the raw bytes of an Ed25519 key. @throws Error when it is neither */
export function publicKey(secret: string, raw: Buffer): KeyObject {
  if (secret.includes('-----BEGIN')) return createPublicKey(secret)
  const der = Buffer.concat([ED25519_PUBLIC, raw.subarray(0, ED25519_BYTES)])
  return createPublicKey({ key: der, format: 'der', type: 'spki' })
}

/** The same of a private key; of a longer Ed25519 key the first 32 bytes are the seed. */
export function privateKey(secret: string, raw: Buffer): KeyObject {
  if (secret.includes('-----BEGIN')) return createPrivateKey(secret)
  const der = Buffer.concat([ED25519_PRIVATE, raw.subarray(0, ED25519_BYTES)])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

/** `hash`: null where the key type has its own. */
export function isSignedBy(key: KeyObject, hash: string | null, text: Buffer, signature: Buffer): boolean {
  return signature.length > 0 && verify(hash, text, key, signature)
}

export function signWith(key: KeyObject, hash: string | null, text: Buffer): Buffer {
  return sign(hash, text, key)
}
