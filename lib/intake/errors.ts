/** The bytes of the body cannot be decoded: answered 400. The message names the rule that is broken. */
export class UndecodableError extends Error {
  override readonly name = 'UndecodableError'
}
