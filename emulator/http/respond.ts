import { type Diagnosis, Refusal } from '../refusal.ts'
import type { Dialect } from '../switches.ts'

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' }

/** A JSON answer as Sage CRM's own client expects it. */
export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...JSON_HEADERS, ...headers },
  })
}

/** `{"$diagnoses":[…]}` (SData 2.0, 0310). */
export function diagnosesJson(diagnoses: readonly Diagnosis[]): string {
  return JSON.stringify({ $diagnoses: diagnoses.map(diagnosisJson) })
}

/** The one place where an error becomes an answer. What is not a Refusal is a bug of the emulator: 500. */
export function errorResponse(
  error: unknown,
  { errorBody }: Pick<Dialect, 'errorBody'> = { errorBody: 'diagnoses' },
): Response {
  if (!(error instanceof Refusal)) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return errorBodies[errorBody](500, [{ sdataCode: 'ApplicationDiagnosis', message }], {})
  }
  return errorBodies[errorBody](error.status, error.diagnoses, error.headers)
}

type ErrorBody = (
  status: number,
  diagnoses: readonly Diagnosis[],
  headers: Readonly<Record<string, string>>,
) => Response

/** The bodies errors come in: SData's diagnoses, a Tomcat error page, nothing. */
export const errorBodies = {
  diagnoses: (status, diagnoses, headers) =>
    new Response(diagnosesJson(diagnoses), { status, headers: { ...JSON_HEADERS, ...headers } }),
  html: (status, _, headers) =>
    new Response(errorPage(status), {
      status,
      headers: { 'content-type': 'text/html;charset=utf-8', ...headers },
    }),
  empty: (status, _, headers) => new Response(null, { status, headers }),
} as const satisfies Record<string, ErrorBody>

function diagnosisJson({ sdataCode, message, payloadPath }: Diagnosis) {
  return {
    $severity: 'error',
    $sdataCode: sdataCode,
    $message: message,
    ...(payloadPath !== undefined && { $payloadPath: payloadPath }),
  }
}

function errorPage(status: number): string {
  return `<html><head><title>Apache Tomcat - Error report</title></head><body><h1>HTTP Status ${status}</h1></body></html>`
}
