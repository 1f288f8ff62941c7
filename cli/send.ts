import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import { readInstance } from './instance.ts'

type SendOptions = { readonly data: string; readonly url?: string; readonly id?: string }

/** What `npm run send` posts. */
export const SAMPLE_FORM = {
  name: "Maeve O'Brien",
  email: 'maeve@example.com',
  company: 'Gatecom Inc.',
  subject: 'Quote for 40 routers',
  message: 'Hello, could you send us a quote for 40 routers?',
} as const

/** `npm run send [-- --id <submission id>]` */
export function sendCommand(program: Command): void {
  program
    .command('send')
    .description('post a sample form')
    .option('--data <folder>', 'data folder of the running instance', '.data')
    .option('--url <url>', 'form address; the running instance otherwise')
    .option('--id <id>', 'submission id; the same id with the same content is one case')
    .action(send)
}

async function send({ data, url, id = randomUUID() }: SendOptions): Promise<void> {
  const address = url ?? `${(await readInstance(data)).url}/forms/contact`
  const body = new URLSearchParams({ ...SAMPLE_FORM, submission_id: id })
  const response = await fetch(address, { method: 'POST', body, headers: { accept: 'application/json' } })
  console.log(`submission ${id} → ${response.status} ${await response.text()}`)
  if (!response.ok) process.exitCode = 1
}
