import { TextDecoder } from 'node:util'
import { UndecodableError } from './errors.ts'

/** Bytes to text, with the byte order mark removed. */
export type TextDecode = (bytes: Uint8Array) => string

/**
 * A decoder for a charset label of the WHATWG Encoding Standard (`utf-8` when undefined or blank).
 * Bytes the charset does not allow are read as windows-1252, in which every byte is a character: pages that say UTF-8
 * and send Latin-1 are common, and nothing may be lost. Throws UndecodableError only for an unknown label.
 */
export function textDecoder(label: string | undefined): TextDecode {
  const strict = strictDecoder(label === undefined || label.trim() === '' ? 'utf-8' : label.trim())
  return (bytes) => {
    try {
      return strict.decode(bytes)
    } catch {
      return new TextDecoder('windows-1252').decode(bytes)
    }
  }
}

function strictDecoder(label: string): TextDecoder {
  try {
    return new TextDecoder(label, { fatal: true })
  } catch (cause) {
    throw new UndecodableError(`charset: "${label.slice(0, 40)}" is not a known character encoding`, {
      cause,
    })
  }
}
