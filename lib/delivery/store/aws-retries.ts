import { type AwsAnswer, type AwsExchange, type AwsRequest, NoAnswerError } from './aws-request.ts'
import { StoreUnavailableError } from './store.ts'

export type RetryOptions = {
  /** From 0 to 1. */
  readonly random: () => number
  readonly sleep: (ms: number) => Promise<unknown>
}

export type Sent = {
  readonly answer: AwsAnswer
  /** True when an earlier try of the same request may have been carried out although its answer was lost. */
  readonly unclear: boolean
}

const MOST_TRIES = 5
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1_000

/**
 * Error codes with which AWS refuses a request that may be accepted a moment later: too many requests, credentials
 * that have just been rotated, a signature whose time was wrong (the refusal told us the right one).
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const REFUSED_FOR_NOW = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'SlowDown',
  'RequestTimeout',
  'ExpiredTokenException',
  'ExpiredToken',
  'InvalidSignatureException',
  'RequestTimeTooSkewed',
])

/**
 * Sends a request until it is answered for good, with full jitter between the tries.
 * @throws StoreUnavailableError after the last try
 */
export async function sendWithRetries(
  request: AwsRequest,
  aws: AwsExchange,
  { random, sleep }: RetryOptions,
): Promise<Sent> {
  let unclear = false
  for (let tries = 1; ; tries += 1) {
    const answer = await aws.exchange(request).catch(asNoAnswer)
    if (answer instanceof NoAnswerError || answer.status >= 500) {
      if (tries === MOST_TRIES) throw unavailable(answer)
      unclear = true
    } else if (REFUSED_FOR_NOW.has(errorCode(answer))) {
      if (tries === MOST_TRIES) throw unavailable(answer)
    } else return { answer, unclear }
    await sleep(random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries))
  }
}

/** The code of an error answer, of JSON services and of S3; empty for any other answer. */
export function errorCode({ status, body }: AwsAnswer): string {
  if (status < 400) return ''
  const text = body.toString()
  const found = /"__type"\s*:\s*"(?:[^"#]*#)?([^"]*)"/.exec(text) ?? /<Code>([^<]*)<\/Code>/.exec(text)
  return found?.[1] ?? ''
}

/** The error for an answer that helps nobody. */
export function unavailable(answer: AwsAnswer | NoAnswerError): StoreUnavailableError {
  if (answer instanceof NoAnswerError) return new StoreUnavailableError(answer.message, { cause: answer })
  const code = errorCode(answer)
  return new StoreUnavailableError(`the store answered ${answer.status}${code && ` ${code}`}`)
}

function asNoAnswer(error: unknown): NoAnswerError {
  if (error instanceof NoAnswerError) return error
  throw error
}
