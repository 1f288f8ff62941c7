import { Scheme } from './scheme.ts'

/**
 * Standard Webhooks, version 1: several signatures of `id.timestamp.body`, each with its version; five minutes of tolerance.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const STANDARD_V1 = Scheme.parse({
  algorithm: 'hmac-sha256',
  header: 'webhook-signature',
  encoding: 'base64',
  separator: ' ',
  prefix: 'v1,',
  signed: '{header.webhook-id}.{timestamp}.{body}',
  key: { prefix: 'whsec_', encoding: 'base64' },
  timestamp: { header: 'webhook-timestamp', unit: 's' },
})
