import type { FormEntry, FormFile } from './decoded-form.ts'

export const MAX_BODY_IN_BYTES = 1024 * 1024
/** Lambda takes 6 MB in all, and binary bodies reach it as base64: 4 MiB of files and what a form says besides. */
export const MAX_MULTIPART_IN_BYTES = 4 * 1024 * 1024 + 256 * 1024
export const MAX_FIELDS = 500
export const MAX_FILES = 20
export const MAX_VALUE_IN_BYTES = 256 * 1024
export const MAX_PART_HEADERS = 20
export const MAX_PART_HEADERS_IN_BYTES = 16 * 1024

/** The body, or something in it, is larger or more numerous than a limit: answered 413. The message names the limit. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError'
}

/** Throws BodyTooLargeError naming the limit when `actual` is above it. */
export function requireAtMost(limit: number, actual: number, what: string): void {
  if (actual > limit) throw new BodyTooLargeError(`${what}: ${actual} is more than the ${limit} allowed`)
}

/** Throws BodyTooLargeError when a decoded form has too many fields or files, or a value that is too long. */
export function requireWithinLimits(form: {
  readonly fields: readonly FormEntry[]
  readonly files: readonly FormFile[]
}): void {
  requireAtMost(MAX_FIELDS, form.fields.length, 'number of form fields')
  requireAtMost(MAX_FILES, form.files.length, 'number of files')
  for (const [, value] of form.fields) {
    requireAtMost(MAX_VALUE_IN_BYTES, Buffer.byteLength(value), 'length of a form field in bytes')
  }
}
