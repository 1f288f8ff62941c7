/** Every place where the code waits for something: there a process may die, and there it may stand still for a while. */
const STORE_CALLS: Readonly<Record<string, readonly string[]>> = {
  get: ['event#', 'receipt#', 'subject#', 'natural#', 'gate', 'slot#'],
  put: ['event#', 'receipt#', 'subject#', 'natural#', 'gate', 'slot#'],
  replace: ['event#', 'subject#', 'natural#', 'gate', 'slot#'],
  expire: ['receipt#'],
  'list-due': [''],
}

const CRM_CALLS: Readonly<Record<string, readonly string[]>> = {
  find: ['Company', 'vPerson', 'Cases', 'Notes', 'Opportunity', 'Communication'],
  get: ['Company', 'Person', 'Cases', 'Notes', 'Opportunity', 'Communication'],
  create: ['Company', 'Person', 'Cases', 'Notes', 'Opportunity', 'Communication'],
  update: ['Opportunity', 'Communication'],
}

function points(room: string, calls: Readonly<Record<string, readonly string[]>>, when: readonly string[]) {
  return Object.entries(calls).flatMap(([call, objects]) =>
    objects.flatMap((object) => when.map((moment) => `${room}.${call} ${object} ${moment}`)),
  )
}

export const POINTS: readonly string[] = [
  ...points('store', STORE_CALLS, ['before', 'after']),
  ...points('crm', CRM_CALLS, ['before-send', 'after-commit', 'answer']),
  'queue.send before',
  'queue.send after',
  'sleep after',
]

/** How often processes died and stood still, by point. */
export class Coverage {
  readonly kills = new Map<string, number>()
  readonly pauses = new Map<string, number>()
  readonly passed = new Map<string, number>()

  add(other: Coverage): void {
    for (const kind of ['kills', 'pauses', 'passed'] as const)
      for (const [point, count] of other[kind]) tally(this[kind], point, count)
  }

  /** Known points that were never hit, and points that are not known. */
  complaints(): string[] {
    const known = new Set(POINTS)
    const unknown = [...this.passed.keys()].filter((point) => !known.has(point))
    const missed = POINTS.flatMap((point) => [
      ...(this.kills.has(point) ? [] : [`no process died at "${point}"`]),
      ...(this.pauses.has(point) ? [] : [`no process stood still at "${point}"`]),
    ])
    return [...unknown.map((point) => `"${point}" is not in the list of points`), ...missed]
  }
}

export function tally(counts: Map<string, number>, key: string, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by)
}
