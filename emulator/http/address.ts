import { refuse } from '../refusal.ts'

/** What a request asks for: a resource, and perhaps one record of it by key or by a condition. */
export type Address = {
  readonly contract: string
  /** As written, in any letter case; may be `$prototypes` or `$service`. */
  readonly resource: string
  /** What follows `$prototypes/` or `$service/`. */
  readonly rest: string
  readonly key?: string
  readonly selector?: string
}

const RESOURCE = /^(?<resource>[$\w]+)(?:\((?<inside>.*)\))?$/s
const QUOTED_KEY = /^'(?<key>(?:[^']|'')*)'$/

/**
 * Reads `/sdata/{install}j/{contract}/-/{resource}`, `…/{resource}('43')` and `…/{resource}(comp_companyid eq '43')`.
 * Services have no dataset:
 * `…/{contract}/$service/quickFind/getResults`. Repeated slashes are tolerated, as Sage CRM does.
 * @throws Refusal 404 naming the part that does not exist, 400 when it cannot be read
 */
export function parseAddress(path: string, installName: string): Address {
  const [sdata = '', application = '', contract = '', dataset = '', ...rest] = path.split('/').filter(Boolean)
  if (sdata.toLowerCase() !== 'sdata' || application.toLowerCase() !== `${installName}j`.toLowerCase()) {
    throw refuse(
      404,
      'ApplicationNotFound',
      `there is no application /${sdata}/${application}; try /sdata/${installName}j`,
    )
  }
  if (!['sagecrm', 'sagecrm2'].includes(contract.toLowerCase())) {
    throw refuse(404, 'ContractNotFound', `there is no contract "${contract}"; try sagecrm2`)
  }
  if (dataset.toLowerCase() === '$service')
    return { contract: contract.toLowerCase(), resource: '$service', rest: decode(rest.join('/')) }
  if (dataset !== '-') throw refuse(404, 'DatasetNotFound', `there is no dataset "${dataset}"; try -`)
  return { contract: contract.toLowerCase(), ...parseResource(rest) }
}

function parseResource(segments: readonly string[]): Omit<Address, 'contract'> {
  const isPrototype = segments[0]?.toLowerCase() === '$prototypes'
  if (isPrototype) return { resource: '$prototypes', rest: decode(segments.slice(1).join('/')) }
  const found = RESOURCE.exec(decode(segments.join('/')))?.groups
  if (found === undefined)
    throw refuse(400, 'BadUrlSyntax', `cannot read "${segments.join('/')}" as a resource`)
  const { resource = '', inside } = found
  if (inside === undefined) return { resource, rest: '' }
  const key = QUOTED_KEY.exec(inside)?.groups?.['key']
  return key === undefined
    ? { resource, rest: '', selector: inside }
    : { resource, rest: '', key: key.replaceAll("''", "'") }
}

/** @throws Refusal 400 for a broken percent-encoding */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw refuse(400, 'BadUrlSyntax', `"${text}" is not properly percent-encoded`)
  }
}
