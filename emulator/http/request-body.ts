import type { Body } from '../records/body.ts'
import { isBody } from '../records/create.ts'
import { refuse } from '../refusal.ts'

/** @throws Refusal 400 when a body is not a JSON object */
export function parseBody(text: string): Body {
  const value = parseJson(text)
  if (!isBody(value)) throw refuse(400, 'ApplicationDiagnosis', 'the body must be a JSON object of fields')
  return value
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw refuse(
      400,
      'ApplicationDiagnosis',
      `the body is not JSON: ${error instanceof Error ? error.message : ''}`,
    )
  }
}
