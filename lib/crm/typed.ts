import type { Feed, FeedQuery } from './feed.ts'
import type { Found } from './pages.ts'
import type { Child } from './plan.ts'
import type { EntityFields } from './prototypes/generated.ts'
import type { Row } from './row.ts'
import type { Comparison, Expression } from './where.ts'

/** Entities of the snapshot, whose fields and selection codes the compiler knows. */
export type EntityName = keyof EntityFields

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type ReadOnlyKeys<F> = {
  [K in keyof F]-?: Same<Pick<F, K>, Readonly<Pick<F, K>>> extends true ? K : never
}[keyof F]

/** As it may be sent: numbers may be text, because ids and amounts are, with us. */
type Sent<V> = V extends number ? number | `${number}` : V
type SentFields<F> = { readonly [K in keyof F]: Sent<F[K]> }
type LowerCase<F> = { [K in keyof F as K extends string ? Lowercase<K> : never]: F[K] }
type Writable<F> = SentFields<Omit<F, ReadOnlyKeys<F>>>

/** Fields by their stored names, or by those in lower case. */
type EitherCase<F> = F | LowerCase<F>

export type CreateFields<N extends EntityName> = EitherCase<Writable<EntityFields[N]>>
export type UpdateFields<N extends EntityName> = EitherCase<Partial<Writable<EntityFields[N]>>>

type StoredName<N extends EntityName> = keyof EntityFields[N] & string
/** A field of the entity, in its stored casing or in lower case. */
export type FieldName<N extends EntityName> = StoredName<N> | Lowercase<StoredName<N>>

type ValueOf<N extends EntityName, K extends StoredName<N>> = Sent<NonNullable<EntityFields[N][K]>>
type Compared<N extends EntityName, K extends StoredName<N>> = {
  readonly op: Comparison
  readonly field: K | Lowercase<K>
  readonly value: ValueOf<N, K> | null
}
type OneOf<N extends EntityName, K extends StoredName<N>> = {
  readonly op: 'in'
  readonly field: K | Lowercase<K>
  readonly values: readonly ValueOf<N, K>[]
}

/** A condition whose fields and codes the compiler checks. */
export type Condition<N extends EntityName> =
  | { [K in StoredName<N>]: Compared<N, K> | OneOf<N, K> }[StoredName<N>]
  | Extract<Expression<FieldName<N>>, { op: 'like' | 'between' }>
  | { readonly op: 'and' | 'or'; readonly of: readonly Condition<N>[] }
  | { readonly op: 'not'; readonly of: Condition<N> }

type TypedQuery<N extends EntityName> = Omit<FeedQuery<FieldName<N>>, 'where'> & {
  readonly where?: Condition<N>
}

/** A row whose field names the compiler checks. What the CRM puts into them is for the caller to check. */
export type TypedRow<N extends EntityName> = Omit<Row, 'get' | 'instant' | 'date'> & {
  get(field: FieldName<N>): unknown
  instant(field: FieldName<N>): string | undefined
  date(field: FieldName<N>): string | undefined
}
type WithRows<T, N extends EntityName> = Omit<T, 'rows'> & { readonly rows: readonly TypedRow<N>[] }
export type TypedFeed<N extends EntityName> = WithRows<Feed, N>
export type TypedFound<N extends EntityName> = WithRows<Found, N>

/**
 * Records created with their parent in one request, by the key Sage CRM knows them by: `person`, `address`, `email`,
 * `phone`. One or a list; each is sent as it is given (both are observed).
 */
export type GivenChildren = Readonly<Record<string, Child | readonly Child[]>>

/** The same methods as EntityClient, with names and codes checked. */
export type TypedEntityClient<N extends EntityName> = {
  feed(query?: TypedQuery<N>): Promise<TypedFeed<N>>
  pages(query?: TypedQuery<N>): AsyncIterable<TypedFeed<N>>
  find(where: Condition<N>, options?: { readonly limit?: number }): Promise<TypedFound<N>>
  get(key: string, options?: ReadOptions<FieldName<N>>): Promise<TypedRow<N>>
  select(where: Condition<N>): Promise<TypedRow<N>>
  create(fields: CreateFields<N>, children?: GivenChildren, options?: WriteOptions): Promise<TypedRow<N>>
  update(key: string, fields: UpdateFields<N>, options?: WriteOptions): Promise<TypedRow<N>>
  delete(key: string, options?: Pick<WriteOptions, 'mayBegin'>): Promise<void>
}

export type ReadOptions<Name extends string = string> = {
  readonly select?: readonly Name[]
  readonly include?: readonly string[]
}

export type WriteOptions = {
  /**
   * false asks for the record as it is in the database after the write, with what table-level scripts changed; without
   * it Sage CRM answers from memory (documented for 2019 R2).
   */
  readonly returnPartial?: false
  /** Asked at the very moment of sending; false: it is not sent any more, and CrmUnreachableError is thrown. */
  readonly mayBegin?: () => boolean
}
