/** A condition on an item; `names` are the attributes that stand in it as `#name`. */
export type Condition = { readonly text: string; readonly names: readonly string[] }

/** Not expired at `:now`. */
export const LIVE = '(attribute_not_exists(#expiresAt) OR #expiresAt > :now)'
export const IS_FREE: Condition = {
  text: '(attribute_not_exists(#pk) OR #expiresAt <= :now)',
  names: ['pk', 'expiresAt'],
}
export const IS_AT_VERSION: Condition = {
  text: `#version = :expected AND ${LIVE}`,
  names: ['version', 'expiresAt'],
}
export const IS_NOT_SPILLED: Condition = {
  text: `attribute_exists(#pk) AND NOT attribute_type(#value, :map) AND ${LIVE}`,
  names: ['pk', 'value', 'expiresAt'],
}
export const IS_IN_BLOB: Condition = {
  text: `#value.#spilled = :blob AND ${LIVE}`,
  names: ['value', 'spilled', 'expiresAt'],
}
