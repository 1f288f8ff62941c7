import { parseArgs } from 'node:util'
import { type Emulator, startEmulator } from './server.ts'

/** `node emulator/main.ts --port 5050 --data crm.db`: the emulator as a process of its own. */
const { EMULATOR_USER: logon = 'admin', EMULATOR_PASSWORD: password = 'admin' } = process.env
const waitsForParent = process.env['LOCAL_CHILD'] === '1'

try {
  const { port, host, data } = readArguments()
  const emulator = await startEmulator({
    port,
    host,
    dataFile: data,
    users: [{ logon, password }],
    seed: true,
  })
  endWith(emulator)
  console.log(`Sage CRM emulator ready at ${emulator.baseUrl} (user ${logon})`)
  process.send?.({ type: 'ready', origin: emulator.origin, baseUrl: emulator.baseUrl })
} catch (error) {
  console.error(`the emulator cannot start: ${reasonOf(error)}`)
  process.exit(1)
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '5050' },
      host: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string', default: ':memory:' },
    },
  })
  const port = Number(values.port)
  if (!/^\d+$/.test(values.port) || port > 65_535) throw new Error('--port must be a number from 0 to 65535')
  return { ...values, port }
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
