import { Command, InvalidArgumentError, Option } from 'commander'
import { type DialectName, dialects, differencesOf } from './dialects.ts'
import { type Emulator, startEmulator } from './server.ts'
import { type Dialect, parseSwitch, SWITCHES } from './switches.ts'

/** `node emulator/main.ts --port 5050 --data crm.db`: the emulator as a process of its own. */
const { EMULATOR_USER: logon = 'admin', EMULATOR_PASSWORD: password = 'admin' } = process.env
const waitsForParent = process.env['LOCAL_CHILD'] === '1'

type Options = {
  readonly port: number
  readonly controlPort: number
  readonly host: string
  readonly data: string
  readonly dialect: DialectName
  readonly switch: Partial<Dialect>
  readonly unique: readonly string[]
  readonly timeZone: string
  readonly installName: string
  readonly companies: number
  readonly longestRequestMs: number
}

const program = new Command('emulator')
  .description('A Sage CRM over real HTTP, for development and tests. Nothing of it is for production.')
  .option('--port <port>', 'where the CRM listens; 0 for any free port', portOf, 5050)
  .option('--control-port <port>', 'where faults are ordered, on 127.0.0.1; 0 for any free port', portOf, 0)
  .option('--host <address>', 'the address the CRM listens at', '127.0.0.1')
  .option('--data <file>', 'the SQLite file that keeps the records', ':memory:')
  .addOption(
    new Option('--dialect <name>', 'the release to be').choices(Object.keys(dialects)).default('2022R2'),
  )
  .option(
    '--switch <name=value>',
    'one point in which it differs from its release; may be repeated',
    addSwitch,
    {},
  )
  .option('--unique <column>', 'a unique index, such as Cases.Case_CustomerRef; may be repeated', append, [])
  .option('--time-zone <zone>', 'the zone the server is set to', 'UTC')
  .option('--install-name <name>', 'as chosen in the setup wizard: /sdata/{name}j/…', 'crm')
  .option('--companies <number>', 'more companies to begin with, besides the demo ones', count, 0)
  .option('--longest-request-ms <ms>', 'what would take longer is reset', count, 2000)
  .addHelpText(
    'after',
    `\nUser and password: EMULATOR_USER, EMULATOR_PASSWORD (admin, admin).\n\n${dialectHelp()}\n\n${switchHelp()}`,
  )
  .configureOutput({ outputError: (text, write) => write(`the emulator cannot start: ${text}`) })
  .parse()

try {
  const options = program.opts<Options>()
  const emulator = await startEmulator({
    ...options,
    dataFile: options.data,
    switches: options.switch,
    users: [{ logon, password }],
    seed: true,
  })
  endWith(emulator)
  console.log(`Sage CRM emulator ready at ${emulator.baseUrl} (user ${logon})`)
  console.log(`faults are ordered at ${emulator.controlUrl}`)
  const { origin, baseUrl, controlUrl } = emulator
  process.send?.({ type: 'ready', origin, baseUrl, controlUrl })
} catch (error) {
  console.error(`the emulator cannot start: ${reasonOf(error)}`)
  process.exit(1)
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('It must be a number from 0 to 65535.')
}

function count(text: string): number {
  if (/^\d{1,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number.')
}

function addSwitch(text: string, earlier: Partial<Dialect>): Partial<Dialect> {
  try {
    return { ...earlier, ...parseSwitch(text) }
  } catch (error) {
    throw new InvalidArgumentError(reasonOf(error))
  }
}

function append(text: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, text]
}

function dialectHelp(): string {
  const names = Object.keys(dialects) as DialectName[]
  return `Dialects, each with what is not the default:\n${names.map((name) => `  ${name}: ${differencesOf(name).join(' ')}`).join('\n')}`
}

function switchHelp(): string {
  const lines = Object.entries(SWITCHES).map(
    ([name, { values, about, source }]) => `  ${name}=${values.join('|')}\n      ${about}\n      (${source})`,
  )
  return `Switches, each with its default first:\n${lines.join('\n')}`
}

/**
 * A signal, or the end of the parent, ends it; what is committed is on disk. Ctrl-C reaches the whole process group;
 * LOCAL_CHILD says that the parent stops this process itself, after what is in flight.
 */
function endWith(emulator: Emulator): void {
  const end = () => {
    emulator.close().finally(() => process.exit(0))
  }
  process.once('SIGTERM', end)
  process.on('SIGINT', () => {
    if (!waitsForParent) end()
  })
  process.once('disconnect', end)
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return 'the port is already in use; choose another with --port'
  return error instanceof Error ? error.message : String(error)
}
