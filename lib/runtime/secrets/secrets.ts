/** Where the values of secrets come from. */
export type Secrets = {
  /** Said in errors about a missing one: `the environment`. */
  readonly place: string
  /**
   * The live values of a secret, newest first; empty when there is none. `fresh`: as it is now, not as it was remembered.
   * @throws StoreUnavailableError when nobody can say
   */
  read(name: string, fresh?: 'fresh'): Promise<readonly string[]>
}

/** Two live values of a secret are two lines of it, the newer one first. */
export function liveValues(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((value) => value !== '')
}
