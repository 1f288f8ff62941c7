import { fileFunction } from '../lib/runtime/file-function.ts'

/** GET /files/{id}/{index}: a file that came with a form, for whoever has the signed link. */
export const handler = fileFunction()
