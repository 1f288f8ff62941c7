import type { Store } from '../../delivery/store/store.ts'
import { updateItem } from '../../delivery/store/update.ts'
import * as z from '../../values/schema.ts'

const TurnRecord = z.object({
  format: z.literal(1),
  /** How far the last run came. */
  after: z.string(),
  /** Nobody else begins before this, in the store's time. */
  busyUntil: z.number(),
})
type TurnRecord = z.infer<typeof TurnRecord>

/** The right to go on where the last run stopped. */
export type Turn = {
  readonly after: string
  /** Remembers how far this run came. */
  reached(after: string): Promise<void>
  end(): Promise<void>
}

const FIRST: TurnRecord = { format: 1, after: '', busyUntil: 0 }

/** Takes a job's turn for `leaseMs`; undefined while another run has it. Throws StoreUnavailableError. */
export async function takeTurn(store: Store, job: string, leaseMs: number): Promise<Turn | undefined> {
  const key = `job#${job}`
  let [after, isOurs] = ['', false]
  const change = (changes: (record: TurnRecord) => TurnRecord | undefined) =>
    updateItem(store, key, (item) => {
      const value = changes(item === undefined ? FIRST : TurnRecord.parse(item.value))
      return value && { value }
    })
  await change((record) => {
    isOurs = record.busyUntil <= store.now()
    after = record.after
    return isOurs ? { ...record, busyUntil: store.now() + leaseMs } : undefined
  })
  if (!isOurs) return undefined
  return {
    after,
    reached: async (position) => void (await change((record) => ({ ...record, after: position }))),
    end: async () => void (await change((record) => ({ ...record, busyUntil: 0 }))),
  }
}
