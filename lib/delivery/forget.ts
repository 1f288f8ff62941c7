import type { Json, Verified } from '../sources/source.ts'
import type { Ledger } from './ledger.ts'
import { PayloadGoneError } from './receipts.ts'

/** Where a person was found in the ledger. */
export type Traces = {
  /** Events with a payload that names the person, with the number of the latest such payload. */
  readonly payloads: ReadonlyMap<string, number>
  /** Events whose reason quotes the address. */
  readonly reasons: ReadonlySet<string>
}

/** Reads every payload and every reason for an e-mail address; keeps ids only. `onRead` is called for every record. */
export async function findTraces(
  ledger: Ledger,
  email: string,
  onRead: () => void = () => undefined,
): Promise<Traces> {
  const [payloads, reasons] = [new Map<string, number>(), new Set<string>()]
  const isThere = mentionOf(email)
  for await (const { id, reason } of ledger.events()) {
    onRead()
    const said = [reason?.message ?? '', ...(reason?.issues ?? [])]
    if (said.some(isThere)) reasons.add(id)
  }
  for await (const receipt of ledger.receipts.all()) {
    onRead()
    const verified = receipt.isThere ? await readIfThere(ledger, receipt) : undefined
    if (verified === undefined || !textsOf(verified).some(isThere)) continue
    payloads.set(receipt.eventId, Math.max(receipt.number, payloads.get(receipt.eventId) ?? 0))
  }
  return { payloads, reasons }
}

/**
 * Erases the payloads of these events, edited ones too, and what their reasons quote. The events stay, without payload:
 * an unfinished one ends as ignored (`payload-erased`).
 */
export async function eraseTraces(
  ledger: Ledger,
  { payloads, reasons }: Traces,
  onErased: () => void = () => undefined,
): Promise<void> {
  for (const [id, number] of payloads) {
    const event = await ledger.load(id)
    await ledger.receipts.erase(id, Math.max(number, event?.record.payload ?? 0))
    await ledger.eraseReason(id)
    onErased()
  }
  for (const id of reasons) await ledger.eraseReason(id)
}

/** A payload, unless it went while the ledger was being read. */
export async function readIfThere(
  ledger: Ledger,
  { eventId, number }: { readonly eventId: string; readonly number: number },
): Promise<Verified | undefined> {
  try {
    return await ledger.receipts.read(eventId, number)
  } catch (error) {
    if (error instanceof PayloadGoneError) return undefined
    throw error
  }
}

/** Every text of a payload: names, values, and what was sent as base64. */
export function textsOf({ headers, payload }: Verified): readonly string[] {
  return [...textsIn(headers), ...textsIn(payload)]
}

function* textsIn(value: Json, name = ''): Generator<string> {
  if (typeof value === 'string') yield name.endsWith('Base64') ? atUtf8(value) : value
  else if (typeof value === 'number') yield String(value)
  else if (Array.isArray(value)) for (const one of value) yield* textsIn(one as Json)
  else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      yield key
      yield* textsIn(member as Json, key)
    }
  }
}

function atUtf8(base64: string): string {
  return Buffer.from(base64, 'base64').toString()
}

/**
 * Whether a text contains an address, in any letter case, percent-encoded too, and not as a part of a longer one:
 * forgetting ann@example.com must leave joann@example.com alone.
 */
export function mentionOf(email: string): (text: string) => boolean {
  const address = RegExp.escape(email.normalize('NFKC'))
  const pattern = new RegExp(
    String.raw`(?<![\p{L}\p{N}._%+-])${address}(?![\p{L}\p{N}-]|\.[\p{L}\p{N}])`,
    'iu',
  )
  return (text) => pattern.test(text.normalize('NFKC')) || (/%40/.test(text) && pattern.test(decoded(text)))
}

function decoded(text: string): string {
  const byte = (_: string, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))
  return text.replaceAll('+', ' ').replace(/%([0-9a-f]{2})/gi, byte)
}
