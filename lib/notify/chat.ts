import type { Notice } from '../values/notify.ts'

const TIMEOUT_MS = 10_000

/** A webhook did not take a message. Its address, which is a secret, is not in the text. */
export class ChatError extends Error {
  override readonly name = 'ChatError'
}

/**
 * Posts a notice to an incoming webhook as `{ "text": … }`, which Slack, Mattermost, Rocket.Chat, Google Chat and Teams
 * understand.
 * @throws ChatError
 */
export async function sendChat({ subject, text }: Notice, url: string): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: `*${subject}*\n${text}` }),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new ChatError('the chat webhook does not answer', { cause })
  })
  if (!answer.ok) throw new ChatError(`the chat webhook answered ${answer.status}`)
}
