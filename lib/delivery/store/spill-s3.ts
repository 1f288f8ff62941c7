import { type AwsOptions, type AwsRequest, awsExchange } from './aws-request.ts'
import { errorCode, type RetryOptions, sendWithRetries, unavailable } from './aws-retries.ts'
import type { Blobs } from './spill.ts'

/** Blobs in an S3 bucket, addressed by path so that any S3-compatible endpoint will do. */
export function s3Blobs(bucket: string, options: Omit<AwsOptions, 'service'>, retries: RetryOptions): Blobs {
  const aws = awsExchange({ ...options, service: 's3' })
  const send = async (method: AwsRequest['method'], name: string, body?: Buffer) => {
    const content = body && { headers: { 'content-type': 'application/octet-stream' }, body }
    const request = { method, path: `/${bucket}/${name}`, ...content }
    return (await sendWithRetries(request, aws, retries)).answer
  }
  return {
    put: async (name, bytes) => {
      const answer = await send('PUT', name, bytes)
      if (answer.status !== 200) throw unavailable(answer)
    },
    get: async (name) => {
      const answer = await send('GET', name)
      if (errorCode(answer) === 'NoSuchKey') return undefined
      if (answer.status !== 200) throw unavailable(answer)
      return answer.body
    },
    delete: async (name) => {
      const answer = await send('DELETE', name)
      if (answer.status !== 204 && answer.status !== 200) throw unavailable(answer)
    },
    close: () => aws.close(),
  }
}
