import { parseArgs } from 'node:util'

export type Options = {
  readonly port: number
  readonly emulatorPort: number
  readonly host: string
  readonly data: string
  readonly fresh: boolean
  /** Requests a minute that one other machine may send. */
  readonly rateLimit: number
  /** Base address of a real CRM's REST API; without it the emulator is started. */
  readonly crm?: string
}

/** The command line of `npm start`. Throws, naming the option and its rule. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '4000' },
      'emulator-port': { type: 'string', default: '5050' },
      host: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string', default: '.data' },
      fresh: { type: 'boolean', default: false },
      'rate-limit': { type: 'string', default: '300' },
      crm: { type: 'string' },
    },
  })
  const { crm } = values
  if (crm !== undefined && !/^https?:\/\/[^@]+$/.test(crm)) {
    throw new Error(
      '--crm: an http or https address without a user name, like https://host/sdata/crmj/sagecrm2/-',
    )
  }
  return {
    port: portNumber('--port', values.port),
    emulatorPort: portNumber('--emulator-port', values['emulator-port']),
    host: values.host,
    data: values.data,
    fresh: values.fresh,
    rateLimit: positive('--rate-limit', values['rate-limit']),
    ...(crm !== undefined && { crm }),
  }
}

function portNumber(option: string, text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`${option}: a whole number from 0 to 65535`)
  return port
}

function positive(option: string, text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new Error(`${option}: a whole number from 1`)
  return number
}
