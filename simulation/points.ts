/** Every place where the code waits for something: there a process may die, and there it may stand still for a while. */
const STORE_CALLS: Readonly<Record<string, readonly string[]>> = {
  get: ['event#', 'receipt#', 'subject#', 'natural#', 'gate', 'slot#', 'tally#'],
  put: ['event#', 'receipt#', 'subject#', 'natural#', 'gate', 'slot#', 'tally#'],
  replace: ['event#', 'subject#', 'natural#', 'gate', 'slot#', 'tally#'],
  expire: ['receipt#'],
  'list-due': [''],
}

const RECORDS = [
  'Company',
  'Person',
  'Email',
  'Address',
  'Cases',
  'Notes',
  'Opportunity',
  'Quotes',
  'QuoteItems',
  'Communication',
  'Comm_Link',
]
const LINKS = ['EmailLink', 'Address_Link']

const CRM_CALLS: Readonly<Record<string, readonly string[]>> = {
  find: [...RECORDS, ...LINKS, 'vPerson', 'Currency', 'NewProduct', 'Pricing'],
  get: RECORDS,
  create: [...RECORDS, ...LINKS],
  update: ['Company', 'Person', 'Cases', 'Notes', 'Opportunity', 'Quotes', 'QuoteItems'],
  delete: ['QuoteItems'],
}

function points(room: string, calls: Readonly<Record<string, readonly string[]>>, when: readonly string[]) {
  return Object.entries(calls).flatMap(([call, objects]) =>
    objects.flatMap((object) => when.map((moment) => `${`${room}.${call} ${object}`.trim()} ${moment}`)),
  )
}

export const POINTS: readonly string[] = [
  ...points('store', STORE_CALLS, ['before', 'after']),
  ...points('crm', CRM_CALLS, ['before-send', 'after-commit', 'answer']),
  'queue.send before',
  'queue.send after',
  'sleep after',
]

/** Reached only when an order whose quote was left to people is redriven: not in every run. */
const RARE = /^crm\.get (?:Communication|Comm_Link) /

/** How often processes came by, died and stood still at a point. */
export type Point = { passed: number; kills: number; pauses: number }
/** The points around a call. */
export type Place = { readonly before: Point; readonly after: Point }

export class Coverage {
  readonly points = new Map<string, Point>()
  readonly #places = new Map<string, Map<string, Place>>()

  point(name: string): Point {
    const known = this.points.get(name)
    if (known !== undefined) return known
    const point = { passed: 0, kills: 0, pauses: 0 }
    this.points.set(name, point)
    return point
  }

  /** Before and after a call of something: `store.get`, `event#`. */
  place(call: string, object: string): Place {
    const places = this.#places.get(call) ?? new Map<string, Place>()
    this.#places.set(call, places)
    const place = places.get(object) ?? this.#newPlace(`${call} ${object}`.trim())
    places.set(object, place)
    return place
  }

  #newPlace(name: string): Place {
    return { before: this.point(`${name} before`), after: this.point(`${name} after`) }
  }

  add(other: Coverage): void {
    for (const [name, { passed, kills, pauses }] of other.points) {
      const point = this.point(name)
      point.passed += passed
      point.kills += kills
      point.pauses += pauses
    }
  }

  /** How many points were hit, and how often. */
  hits(kind: 'kills' | 'pauses'): { readonly points: number; readonly times: number } {
    const counts = [...this.points.values()].map((point) => point[kind]).filter((count) => count > 0)
    return { points: counts.length, times: counts.reduce((sum, count) => sum + count, 0) }
  }

  /** Known points that were never hit, and points that are not known. */
  complaints(): string[] {
    const known = new Set(POINTS)
    const unknown = [...this.points.keys()].filter((name) => !known.has(name))
    const missed = POINTS.filter((name) => !RARE.test(name)).flatMap((name) => {
      const { kills = 0, pauses = 0 } = this.points.get(name) ?? {}
      return [
        ...(kills > 0 ? [] : [`no process died at "${name}"`]),
        ...(pauses > 0 ? [] : [`no process stood still at "${name}"`]),
      ]
    })
    return [...unknown.map((name) => `"${name}" is not in the list of points`), ...missed]
  }
}

export function tally(counts: Map<string, number>, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by)
}
