import type { IntegrationConfig } from '../../lib/config/config.ts'
import type { CrmClient } from '../../lib/crm/client.ts'
import type { Connection } from '../../lib/crm/connection.ts'

/** One line of the checklist. `undefined`: it could not be told, or it is only worth knowing. */
export type Finding = {
  readonly what: string
  readonly ok: boolean | undefined
  readonly said: string
  /** What to do about it. */
  readonly todo?: string
}

/** What the checks look at. `connection` sends what no typed method would; `crm` is what the functions use. */
export type Patient = {
  readonly connection: Connection
  readonly crm: CrmClient
  readonly config: IntegrationConfig
  readonly now: () => Date
}

export function good(what: string, said: string): Finding {
  return { what, ok: true, said }
}

export function bad(what: string, said: string, todo: string): Finding {
  return { what, ok: false, said, todo }
}

export function unclear(what: string, said: string, todo?: string): Finding {
  return { what, ok: undefined, said, ...(todo !== undefined && { todo }) }
}
