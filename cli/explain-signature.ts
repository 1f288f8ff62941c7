import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import integration from '../integration.config.ts'
import { readSecret } from '../lib/runtime/env.ts'
import { readCaptured } from './captured-request.ts'
import { configuredSource } from './configured.ts'
import { explainSignature } from './explain/explain.ts'

type Options = { readonly source?: string; readonly secret?: string }

/** `npm run cli -- explain-signature <file> [--source <instance>] [--secret <secret>]` */
export function explainSignatureCommand(program: Command, environment: NodeJS.ProcessEnv): void {
  program
    .command('explain-signature')
    .description('say why the signature of a captured request is not accepted')
    .argument('<file>', 'an HTTP message, an API Gateway event, or JSON with headers and body')
    .option('--source <instance>', 'instance of integration.config.ts; the one in the path otherwise')
    .option('--secret <secret>', "a secret to try instead of the instance's own")
    .action((file: string, options: Options) => explain(file, options, environment))
}

async function explain(file: string, options: Options, environment: NodeJS.ProcessEnv): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const request = readCaptured(await readFile(file))
  const [, , name = '', token] = request.path.split('/')
  const { PUBLIC_URL } = environment
  const config = PUBLIC_URL ? { ...integration, publicUrl: PUBLIC_URL } : integration
  const secret = async (one: string) => readSecret(one, environment)
  const configured = await configuredSource(options.source ?? name, config, secret)
  const context = {
    ...configured.context,
    ...(token !== undefined && { token: decodeURIComponent(token) }),
    ...(options.secret !== undefined && { secrets: [options.secret] }),
  }
  const { accepted, said } = await explainSignature(request, { ...configured, context }, Date.now())
  for (const line of said) console.log(line)
  if (!accepted) process.exitCode = 1
}
