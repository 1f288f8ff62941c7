/** The codes of the SData standard (0310) that the emulator uses. */
export type SdataCode =
  | 'ApplicationDiagnosis'
  | 'ApplicationNotFound'
  | 'BadQueryParameter'
  | 'BadUrlSyntax'
  | 'BadWhereSyntax'
  | 'ContractNotFound'
  | 'DatasetNotFound'
  | 'ResourceKindNotFound'

export type Diagnosis = {
  readonly sdataCode: SdataCode
  readonly message: string
  /** The field the message is about. */
  readonly payloadPath?: string
}

/** A request that is answered with an HTTP status and diagnoses instead of what it asked for. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 409 | 410 | 412 | 413 | 431 | 500
  readonly diagnoses: readonly Diagnosis[]
  readonly headers: Readonly<Record<string, string>>

  constructor(status: Refusal['status'], diagnoses: readonly Diagnosis[], headers: Refusal['headers'] = {}) {
    super(diagnoses.map(({ message }) => message).join('; '))
    this.status = status
    this.diagnoses = diagnoses
    this.headers = headers
  }
}

export function refuse(status: Refusal['status'], sdataCode: SdataCode, message: string): Refusal {
  return new Refusal(status, [{ sdataCode, message }])
}

/** What is wrong with the fields of a body. */
export function refuseFields(
  problems: readonly { readonly path: string; readonly message: string }[],
): Refusal {
  const diagnoses = problems.map(({ path, message }) => ({
    sdataCode: 'ApplicationDiagnosis' as const,
    message,
    payloadPath: path,
  }))
  return new Refusal(400, diagnoses)
}
