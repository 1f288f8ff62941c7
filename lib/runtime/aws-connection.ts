import { setTimeout as sleep } from 'node:timers/promises'
import type { AwsOptions } from '../delivery/store/aws-request.ts'
import { type StoreClock, storeClock } from '../delivery/store/clock-offset.ts'
import { type Environment, EnvironmentError, readAwsCredentials } from './env.ts'

export const RETRIES = { random: Math.random, sleep }

/**
 * How one service of AWS is reached from here, with the credentials of the function.
 * @param origin another place than AWS's own
 * @throws EnvironmentError
 */
export function awsConnection(
  service: AwsOptions['service'],
  origin: string | undefined,
  { AWS_REGION: region }: Pick<Environment, 'AWS_REGION'>,
  clock: StoreClock = storeClock(),
): Omit<AwsOptions, 'service'> {
  if (region === undefined) throw new EnvironmentError(`AWS_REGION: ${service} needs it`)
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  const endpoint = origin ?? `https://${service}.${region}.${domain}`
  return { region, endpoint, credentials: () => readAwsCredentials(), clock }
}
