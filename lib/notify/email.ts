import type { Notice } from '../values/notify.ts'

/** One request to SES that was signed with Signature Version 4, and its answer. */
export type SesExchange = (request: {
  readonly method: 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}) => Promise<{ readonly status: number; readonly body: Buffer }>

export type EmailOptions = { readonly from: string; readonly to: readonly string[] }

/** SES did not take a message. The text is its own. */
export class EmailError extends Error {
  override readonly name = 'EmailError'
}

/**
 * Sends a notice as an e-mail with a text and an HTML part.
 * https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
 * @throws EmailError
 */
export async function sendEmail(
  notice: Notice,
  { from, to }: EmailOptions,
  exchange: SesExchange,
): Promise<void> {
  const { subject, text, html } = notice
  const Body = { Text: part(text), ...(html !== undefined && { Html: part(html) }) }
  const message = {
    FromEmailAddress: from,
    Destination: { ToAddresses: to },
    Content: { Simple: { Subject: part(subject), Body } },
  }
  const { status, body } = await exchange({
    method: 'POST',
    path: '/v2/email/outbound-emails',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
  })
  if (status !== 200) throw new EmailError(`SES answered ${status}: ${body.toString().slice(0, 200)}`)
}

function part(text: string) {
  return { Data: text, Charset: 'UTF-8' }
}
