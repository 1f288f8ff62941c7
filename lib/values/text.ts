const MAX_EMAIL_CHARACTERS = 254
const BASE32_ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** What `stripControl` may change: most texts have none of it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const UNCLEAN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff]/

/** The text without surrounding blanks; undefined when nothing is left or nothing was given. */
export function trimToUndefined(text: string | undefined): string | undefined {
  const trimmed = text?.trim()
  return trimmed === '' ? undefined : trimmed
}

/**
 * The text without control characters (C0, DEL, C1) except tab and line feed. CRLF and CR become LF.
 * Half surrogate pairs become U+FFFD, so that the result survives UTF-8.
 */
export function stripControl(text: string): string {
  if (!UNCLEAN.test(text)) return text
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
  return text.replace(/\r\n?/g, '\n').replace(control, '').toWellFormed()
}

/** The text on one line: control characters removed, every run of blanks is one space, none around it. */
export function singleLine(text: string): string {
  return stripControl(text).replace(/\s+/g, ' ').trim()
}

/**
 * Shortens text to at most `maxUtf16Units` (the unit SQL Server's nvarchar counts in), marking the cut with `…`.
 * Cuts between graphemes; a single grapheme longer than the limit is cut between code points.
 */
export function fitText(text: string, maxUtf16Units: number): string {
  if (text.length <= maxUtf16Units) return text
  if (maxUtf16Units < 1) return ''
  return `${text.slice(0, cutBefore(text, maxUtf16Units - 1))}…`
}

let graphemes: Intl.Segmenter | undefined

/** The segmenter is made at its first use: making one costs a cold start 15 ms, and hardly any text has to be cut. */
function cutBefore(text: string, index: number): number {
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  const start = graphemes.segment(text).containing(index)?.index ?? 0
  return start > 0 ? start : codePointStart(text, index)
}

function codePointStart(text: string, index: number): number {
  const insidePair = index > 0 && (text.codePointAt(index - 1) ?? 0) > 0xffff
  return insidePair ? index - 1 : index
}

/** The form in which natural keys (a company's name, an e-mail address) are equal: NFKC, lower case, single blanks. */
export function normalizeKey(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/g, ' ').trim()
}

/**
 * Whether the text looks like one e-mail address that could be delivered: one `@`, no blanks or control characters,
 * a domain with a dot, at most 254 characters (RFC 5321 §4.5.3.1.3). Quoted local parts are not accepted.
 */
export function isEmailAddress(text: string): boolean {
  if (text.length > MAX_EMAIL_CHARACTERS || text !== singleLine(text)) return false
  return /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\.]+(\.[^\s@<>(),;:"[\]\\.]+)+$/.test(text)
}

/** RFC 4648 base32 in lower case without padding: 8 characters for 5 bytes, safe where letter case is ignored. */
export function base32Lower(bytes: Uint8Array): string {
  let text = ''
  let pending = 0
  let bits = 0
  for (const byte of bytes) {
    pending = ((pending << 8) | byte) & 0xfff
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32_ALPHABET.charAt((pending >> (bits - 5)) & 31)
  }
  return bits > 0 ? text + BASE32_ALPHABET.charAt((pending << (5 - bits)) & 31) : text
}
