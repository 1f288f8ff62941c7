/** What is told apart in the counts; the name of the source that is told of it. */
export const SENDERS = { forms: 'soak', orders: 'shop' } as const
export type Kind = keyof typeof SENDERS

/** A request as its sender makes it. */
export type Delivery = {
  readonly kind: Kind
  /** The same for every repetition, and for nothing else. */
  readonly id: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A delivery and when it is due: a share of the whole run. */
export type Due = { readonly delivery: Delivery; readonly at: number }

const SHARE_SENT_TWICE = 0.2

/** Every delivery when it is due, and a fifth of them once more at any time, before the first or after it. */
export function inAnyOrder(all: readonly Due[], random: () => number): readonly Delivery[] {
  const again = all.filter(() => random() < SHARE_SENT_TWICE)
  const due = [...all, ...again.map(({ delivery }) => ({ delivery, at: random() }))]
  return due.toSorted((one, other) => one.at - other.at).map(({ delivery }) => delivery)
}
