/** What a request is answered with: the whole of it, so that it can be held back until it is true. */
export type Reply = {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
