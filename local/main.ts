import { existsSync } from 'node:fs'
import path from 'node:path'
import * as z from 'zod'
import integration from '../integration.config.ts'
import { standingSchedules } from '../lib/config/schedules.ts'
import { readSecret } from '../lib/runtime/env.ts'
import { sourceProblems } from '../lib/runtime/source-problems.ts'
import { loadSource } from '../lib/sources/index.ts'
import { automationsOf, clockOf } from './automations.ts'
import { banner } from './banner.ts'
import { type Child, startChild } from './child.ts'
import { startControl } from './control.ts'
import { bindToCrm } from './crm-identity.ts'
import { startCrmProcess } from './crm-process.ts'
import { openDataFolder } from './data-folder.ts'
import { demoSecrets } from './demo-secrets.ts'
import { type LocalFunction, localFunctions } from './functions.ts'
import { functionsEnvironment } from './functions-environment.ts'
import { startGateway } from './gateway.ts'
import { type Options, readOptions } from './options.ts'
import { startPoller } from './poller.ts'
import { portOrAny } from './ports.ts'
import { rateLimit } from './rate-limit.ts'
import { pullUntilThere, realCrm } from './real-crm.ts'
import { startSchedules } from './schedule.ts'
import { readTemplate, type Template } from './template.ts'

const LOOPBACK = '127.0.0.1'
/** A minute is a long time at a desk: the sweeper runs more often than on AWS. */
const LONGEST_INTERVAL_MS = 5_000

const SqsReady = z.object({ endpoint: z.url(), queueUrls: z.record(z.string(), z.url()) })

type Stop = () => Promise<unknown>

let stopping = false
let stop: Stop = async () => undefined

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0))
process.on('disconnect', () => void end(0))
try {
  stop = await start(readOptions(process.argv.slice(2)))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  await end(1)
}

/** Ends everything, once. */
async function end(code: number): Promise<void> {
  if (stopping) return
  stopping = true
  await stop()
  if (code === 0) console.log('Stopped. Nothing is lost.')
  process.exit(code)
}

/** Without its queue an installation only looks alive. */
function lost(what: string): void {
  if (stopping) return
  console.error(`${what} ended by itself; everything is stopped, nothing is lost`)
  void end(1)
}

/** Starts everything and says where it is; what it returns stops it in the right order. */
async function start(options: Options): Promise<Stop> {
  const folder = await openDataFolder(options.data, { fresh: options.fresh })
  await bindToCrm(options.data, options.crm ?? 'emulator')
  const template = await readTemplate()
  const [crm, sqs] = await Promise.all([startCrm(options), startSqs(template)])
  const port = await portOrAny(options.port, options.host)
  const queue = { endpoint: sqs.endpoint, url: sqs.queueUrls['RetryQueue'] ?? '' }
  const demo = crm.switch === undefined ? {} : demoSecrets(integration, process.env)
  Object.assign(process.env, await functionsEnvironment(options.data, crm.connection, queue), demo)

  const functions = localFunctions(template)
  const gateway = await startGateway({
    routes: routesOf(template, functions),
    port,
    host: options.host,
    mayPass: rateLimit(options.rateLimit, () => performance.now()),
    onFailure: complain,
  })
  const pollers = startPollers(template, functions, sqs)
  const schedules = startSchedules(schedulesOf(functions), {
    maxIntervalMs: LONGEST_INTERVAL_MS,
    onFailure: complain,
  })
  const say = (line: string) => console.log(line)
  const automations = startSchedules(automationsOf(integration, functions, say), { onFailure: complain })
  const control = await startControl(crm.switch, (automation, how) =>
    known(functions, 'run-automation').invoke({ ...how, automation }),
  )
  await folder.announce({
    pid: process.pid,
    url: gateway.url,
    control: control.url,
    crm: crm.connection.url,
    demoSecrets: demo,
  })
  console.log(
    banner({
      url: gateway.url,
      crm: crm.connection.url,
      isEmulator: crm.switch !== undefined,
      data: options.data,
      clock: clockOf(integration, Date.now()),
    }),
  )
  await warnOfSources()

  return async () => {
    await Promise.all([
      gateway.close(),
      schedules.stop(),
      automations.stop(),
      ...pollers.map((poller) => poller.stop()),
    ])
    await Promise.all([control.close(), sqs.child.stop(), crm.stop()])
    await folder.close()
  }
}

/** Deliveries of these are turned away; the others are not, so everything runs all the same. */
async function warnOfSources(): Promise<void> {
  const secret = async (name: string) => readSecret(name)
  const problems = await sourceProblems({ config: integration, secret, loadSource })
  for (const { instance, said, todo } of problems) console.warn(`Warning: ${instance} ${said}; ${todo}`)
}

async function startCrm({ crm, data, emulatorPort }: Options) {
  if (crm === undefined) {
    const emulator = await startCrmProcess(
      await portOrAny(emulatorPort, LOOPBACK),
      LOOPBACK,
      path.join(data, 'crm.db'),
    )
    const connection = { url: emulator.baseUrl, user: 'admin', password: 'admin' }
    return { connection, switch: emulator.switch, stop: emulator.stop }
  }
  if (existsSync('.env')) process.loadEnvFile('.env')
  const connection = await realCrm(crm, data, process.env)
  void pullUntilThere(connection, (line) => console.log(line))
  return { connection, switch: undefined, stop: async () => undefined }
}

async function startSqs({ queues }: Template) {
  const args = ['--port', '0', '--host', LOOPBACK, '--queues', JSON.stringify(queues)]
  const child: Child = await startChild(path.join(import.meta.dirname, 'sqs-main.ts'), args)
  void child.exited.then(() => lost('the SQS server'))
  return { child, ...SqsReady.parse(child.ready) }
}

function routesOf(template: Template, functions: ReadonlyMap<string, LocalFunction>) {
  return Object.values(template.functions).flatMap(({ key, routes, timeoutMs, memoryMB }) =>
    routes.map(({ method, path }) => {
      const handler = () => known(functions, key).handler()
      return { method, path, functionName: key, timeoutMs, memoryMB, handler }
    }),
  )
}

function startPollers(
  template: Template,
  functions: ReadonlyMap<string, LocalFunction>,
  sqs: z.infer<typeof SqsReady>,
) {
  return Object.values(template.functions).flatMap(({ key, queues }) =>
    queues.map(({ queue, ...settings }) =>
      startPoller({
        ...settings,
        endpoint: sqs.endpoint,
        queueUrl: sqs.queueUrls[queue] ?? '',
        invoke: (event) => known(functions, key).invoke(event),
        onFailure: complain,
      }),
    ),
  )
}

function schedulesOf(functions: ReadonlyMap<string, LocalFunction>) {
  return standingSchedules(integration).map(({ functionName, input, expression, timeZone }) => ({
    expression,
    timeZone,
    run: () => known(functions, functionName).invoke(input),
  }))
}

function known(functions: ReadonlyMap<string, LocalFunction>, key: string): LocalFunction {
  const found = functions.get(key)
  if (found === undefined) throw new Error(`serverless.yml has no function "${key}"`)
  return found
}

function complain(error: unknown): void {
  console.error(error)
}
