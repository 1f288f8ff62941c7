import type { NotifySettings } from '../config/notify.ts'
import type { Log } from '../values/log.ts'
import type { Notice, Notify } from '../values/notify.ts'
import { type Environment, EnvironmentError } from './env.ts'

type Told = {
  readonly settings: NotifySettings
  readonly environment: Environment
  readonly secret: (name: string) => Promise<readonly string[]>
  readonly log: Log
}

/** The configured ways to tell people, each loaded and opened when it is first needed. */
export function notifier({ settings, environment, secret, log }: Told): Notify {
  const ways: [string, (notice: Notice) => Promise<void>][] = []
  const { email, chat } = settings
  if (email !== undefined) ways.push(['email', (notice) => byEmail(notice, email, environment)])
  if (chat !== undefined) ways.push(['chat', async (notice) => byChat(notice, await secret(chat.secret))])
  return async (notice) => {
    for (const [reason, send] of ways) {
      try {
        await send(notice)
      } catch (error) {
        const errorName = error instanceof Error ? error.name : 'unknown'
        log.error('people could not be told', { reason, errorName })
      }
    }
  }
}

const SES_TIMEOUT_MS = 10_000

async function byEmail(
  notice: Notice,
  email: NonNullable<NotifySettings['email']>,
  environment: Environment,
): Promise<void> {
  const { AWS_REGION: region, AWS_ENDPOINT_URL_SESV2: origin = `https://email.${region}.amazonaws.com` } =
    environment
  const { awsExchange } = await import('../delivery/store/aws-request.ts')
  const { awsConnection } = await import('./aws-connection.ts')
  const { sendEmail } = await import('../notify/email.ts')
  const connection = awsConnection('ses', origin, environment)
  const ses = awsExchange({ ...connection, service: 'ses', requestTimeoutMs: SES_TIMEOUT_MS })
  try {
    await sendEmail(notice, email, ses.exchange)
  } finally {
    ses.close()
  }
}

async function byChat(notice: Notice, [url]: readonly string[]): Promise<void> {
  if (url === undefined) throw new EnvironmentError('the secret of notify.chat has no value')
  const { sendChat } = await import('../notify/chat.ts')
  await sendChat(notice, url)
}
