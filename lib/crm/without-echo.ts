import type { CrmRequest } from './request.ts'

/** Shorter values are codes and say nothing about anybody. */
const SHORTEST_PERSONAL = 4

/**
 * What the CRM says about a request, without the values that were sent: error pages repeat them, messages are logged,
 * and the values are personal; a session id (SID) lets in whoever reads it.
 */
export function withoutEcho(text: string, request: CrmRequest): string {
  const { where = '', SID = '', query = '' } = request.query ?? {}
  const sent = [...textsIn(request.body), ...literalsIn(where), SID, query]
    .flatMap((value) => value.split(/\r\n|\r|\n/))
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter((line) => line.length >= SHORTEST_PERSONAL && line.length <= text.length)
    .sort((one, other) => other.length - one.length)
  return sent.reduce((clean, value) => clean.replace(wholeWords(value), '…'), text)
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

function literalsIn(where: string): string[] {
  return [...where.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = '']) => text.replaceAll("''", "'"))
}

/** A company called "Name" must not take the name out of `Comp_Name`. */
function wholeWords(value: string): RegExp {
  return new RegExp(`(?<!\\w)${RegExp.escape(value)}(?!\\w)`, 'gi')
}
