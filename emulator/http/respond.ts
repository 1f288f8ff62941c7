import { type Diagnosis, Refusal } from '../refusal.ts'
import type { Dialect } from '../switches.ts'
import type { Reply } from './reply.ts'

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' }

/** A JSON answer as Sage CRM's own client expects it. */
export function json(status: number, body: unknown, headers: Reply['headers'] = {}): Reply {
  return jsonText(status, JSON.stringify(body), headers)
}

/** The same with a body that is JSON already. */
export function jsonText(status: number, body: string, headers: Reply['headers'] = {}): Reply {
  return { status, headers: { ...JSON_HEADERS, ...headers }, body }
}

export function blank(status: number, headers: Reply['headers'] = {}): Reply {
  return { status, headers, body: '' }
}

/** `{"$diagnoses":[…]}` (SData 2.0, 0310). */
export function diagnosesJson(diagnoses: readonly Diagnosis[]): string {
  return JSON.stringify({ $diagnoses: diagnoses.map(diagnosisJson) })
}

/** The one place where an error becomes an answer. What is not a Refusal is a bug of the emulator: 500. */
export function errorReply(
  error: unknown,
  { errorBody }: Pick<Dialect, 'errorBody'> = { errorBody: 'diagnoses' },
): Reply {
  if (!(error instanceof Refusal)) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return errorBodies[errorBody](500, [{ sdataCode: 'ApplicationDiagnosis', message }], {})
  }
  return errorBodies[errorBody](error.status, error.diagnoses, error.headers)
}

type ErrorBody = (status: number, diagnoses: readonly Diagnosis[], headers: Reply['headers']) => Reply

/** The bodies errors come in: SData's diagnoses, a Tomcat error page, nothing. */
export const errorBodies = {
  diagnoses: (status, diagnoses, headers) => jsonText(status, diagnosesJson(diagnoses), headers),
  html: (status, _, headers) => ({
    status,
    headers: { 'content-type': 'text/html;charset=utf-8', ...headers },
    body: errorPage(status),
  }),
  empty: (status, _, headers) => blank(status, headers),
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
