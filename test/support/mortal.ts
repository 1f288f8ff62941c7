import { Ledger } from '../../lib/delivery/ledger.ts'
import type { Pipe } from '../../lib/delivery/pipe.ts'
import { StoreUnavailableError } from '../../lib/delivery/store/store.ts'

/** How many acts a process has left, and whether its last one is done before it dies. */
export type Life = { left: number; readonly diesAfter: boolean }

/** An object all of whose asynchronous methods belong to a process that dies at its n-th act, before or after doing it. */
function mortal<T extends object>(object: T, life: Life): T {
  return new Proxy(object, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function' || name === 'now' || name === 'entity') return value
      return async (...given: unknown[]) => {
        life.left -= 1
        const dead = () => new StoreUnavailableError('this process is dead')
        if (life.left < 0 || (life.left === 0 && !life.diesAfter)) throw dead()
        const result: unknown = await Reflect.apply(value, target, given)
        if (life.left <= 0) throw dead()
        return result
      }
    },
  })
}

/** The pipe of a process whose every request to the CRM and to the ledger is an act. */
export function mortalPipe(pipe: Pipe, life: Life): Pipe {
  const entity = ((name: string) => mortal(pipe.crm.entity(name), life)) as Pipe['crm']['entity']
  const store = mortal(pipe.ledger.store, life)
  return { ...pipe, crm: { ...pipe.crm, entity }, ledger: new Ledger(store, { payloadDays: 30 }) }
}

/** Lives that end at some of these acts, spread over all of them; at others with another seed. */
export function* someLives(
  acts: number,
  { seed, numRuns }: { readonly seed: number; readonly numRuns: number },
): Iterable<{ readonly act: number; readonly life: Life }> {
  const step = Math.max(1, Math.floor(acts / numRuns))
  for (let act = 1 + (seed % step); act <= acts; act += step)
    yield { act, life: { left: act, diesAfter: act % 2 === 0 } }
}

/** How many acts something takes when nobody dies. */
export async function actsOf(pipe: Pipe, run: (mortal: Pipe) => Promise<unknown>): Promise<number> {
  const life = { left: Number.MAX_SAFE_INTEGER, diesAfter: false }
  await run(mortalPipe(pipe, life))
  return Number.MAX_SAFE_INTEGER - life.left
}
