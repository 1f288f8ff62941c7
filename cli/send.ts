import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import integration from '../integration.config.ts'
import { readSecret } from '../lib/runtime/env.ts'
import type { ReadSecret } from './configured.ts'
import { readInstance } from './instance.ts'
import { sendSample } from './send-sample.ts'

type SendOptions = {
  readonly data: string
  readonly to?: string
  readonly id?: string
  readonly count: string
  readonly secret?: string
}

/** What `npm run send` posts when it is told nothing. */
export const SAMPLE_FORM = {
  name: "Maeve O'Brien",
  email: 'maeve@example.com',
  company: 'Gatecom Inc.',
  subject: 'Quote for 40 routers',
  message: 'Hello, could you send us a quote for 40 routers?',
} as const

/** `npm run send [-- --id <submission id>]`, `npm run send -- shopify orders-create [--count 3]` */
export function sendCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  program
    .command('send')
    .description('post a sample form; or a sample of a source, signed as its vendor signs')
    .argument('[source]', 'an instance of integration.config.ts, or the name of its source')
    .argument('[sample]', 'part of the name of a file in test/fixtures/<source>')
    .option('--data <folder>', 'data folder of the running instance', '.data')
    .option('--to <url>', 'another address than the running instance')
    .option('--count <number>', 'how many times', '1')
    .option('--secret <secret>', "what to sign with; the instance's own secret otherwise")
    .option('--id <id>', 'submission id of the sample form; the same id with the same content is one case')
    .action((source: string | undefined, sample: string | undefined, options: SendOptions) =>
      source === undefined ? sendForm(options) : send(source, sample, options, environment),
    )
}

async function sendForm({ data, to, id = randomUUID() }: SendOptions): Promise<void> {
  const address = to ?? `${(await readInstance(data)).url}/forms/contact`
  const body = new URLSearchParams({ ...SAMPLE_FORM, submission_id: id })
  const response = await fetch(address, { method: 'POST', body, headers: { accept: 'application/json' } })
  console.log(`submission ${id} → ${response.status} ${await response.text()}`)
  if (!response.ok) process.exitCode = 1
}

async function send(
  of: string,
  sample: string | undefined,
  { data, to, secret, count }: SendOptions,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const times = Number(count)
  if (!Number.isInteger(times) || times < 1) throw new Error('--count: a whole number from 1')
  const base = async () => (await readInstance(data)).url
  const options = {
    of,
    count: times,
    base,
    ...(sample !== undefined && { sample }),
    ...(to !== undefined && { to }),
    ...(secret !== undefined && { secret }),
  }
  const { PUBLIC_URL } = environment
  const config = PUBLIC_URL ? { ...integration, publicUrl: PUBLIC_URL } : integration
  for await (const sent of sendSample(options, config, await secretsAt(to, data, environment))) {
    console.log(`${sent.deliveryId} → ${sent.status} ${sent.body}`)
    if (sent.status >= 300) process.exitCode = 1
  }
}

/** The secrets of the running instance if that is where it goes: on its emulator it has some that nobody has given. */
async function secretsAt(
  to: string | undefined,
  data: string,
  environment: NodeJS.ProcessEnv,
): Promise<ReadSecret> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const running = await readInstance(data).catch(() => undefined)
  const isThere = to === undefined || (running !== undefined && to.startsWith(`${running.url}/`))
  const demo = new Map(Object.entries(isThere && running !== undefined ? running.demoSecrets : {}))
  return async (name) => {
    const value = demo.get(name)
    return value === undefined ? readSecret(name, environment) : [value]
  }
}
