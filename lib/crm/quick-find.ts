import { readJson } from './answer.ts'
import { CrmAmbiguousError, CrmRejectedError } from './errors.ts'
import type { Send } from './request.ts'
import { keyOfUrl, resourcesOf } from './row.ts'

/** One record that Quick Find brought. */
export type QuickFindHit = { readonly entity: string; readonly key: string; readonly title: string }

/**
 * Sage CRM's own search by words. Address and parameters are documented (2022 R1); what it answers is not, so every
 * shape is read in which a record can be told: a list or a feed, `$key` or `$url`, the entity named or in the `$url`.
 * @param entity one of Sage CRM's names, case-sensitive: Company, Person, Opportunity, Lead, Communication, Orders, Quotes,
 *   Cases, Solutions, Library, or a custom entity; all of them without one
 */
export async function quickFind(send: Send, words: string, entity?: string): Promise<QuickFindHit[]> {
  if (words.trim() === '') throw new CrmRejectedError('Quick Find: no words to look for', ['query: is empty'])
  const query = { query: words, ...(entity !== undefined && { entity }) }
  const json = readJson(await send({ method: 'GET', path: '$service/quickFind/getResults', query }))
  const list = Array.isArray(json) ? (json as readonly unknown[]) : resourcesOf(json)
  if (list === undefined) throw new CrmAmbiguousError('Quick Find: the answer is not a list')
  const hits = list.flatMap((one) => hit(one, entity))
  return entity === undefined ? hits : hits.filter((one) => isOfEntity(one, entity))
}

/** Releases before 2022 R1 do not know the parameter `entity` and search everywhere. */
function isOfEntity(found: QuickFindHit, entity: string): boolean {
  return found.entity.toLowerCase() === entity.toLowerCase()
}

type Result = {
  readonly $key?: unknown
  readonly $url?: unknown
  readonly $title?: unknown
  readonly $resourceKind?: unknown
}

/** Empty for a result that does not say which record it is. */
function hit(json: unknown, asked: string | undefined): QuickFindHit[] {
  if (typeof json !== 'object' || json === null) return []
  const { $key, $url, $title, $resourceKind } = json as Result
  const key = $key === undefined || $key === null ? keyOfUrl($url) : String($key)
  const entity = typeof $resourceKind === 'string' ? $resourceKind : (resourceOfUrl($url) ?? asked)
  return key === undefined || entity === undefined ? [] : [{ entity, key, title: String($title ?? '') }]
}

/** `…/sagecrm2/-/Company('43')` → `Company` */
function resourceOfUrl(url: unknown): string | undefined {
  return typeof url === 'string' ? /\/(\w+)\('[^']+'\)\/?$/.exec(url)?.[1] : undefined
}
