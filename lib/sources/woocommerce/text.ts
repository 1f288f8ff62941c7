import { decodeHTMLStrict } from 'entities/decode'
import { textOf } from '../loose-json.ts'
import type { Json } from '../source.ts'

/** Text as people wrote it: WordPress stores names, addresses and titles with HTML entities (`H&amp;M`). */
export function plainText(value: Json | undefined): string | undefined {
  const text = textOf(value)
  return text?.includes('&') ? textOf(decodeHTMLStrict(text)) : text
}
