import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Figure, figure } from '../figure.ts'
import { startEmulatorProcess, startProcess, USER } from '../process.ts'
import { functionEnvironment } from './environment.ts'

const PROCESSES = 15

/**
 * A fresh process that loads `receive-form` as it is deployed and delivers forms of a known contact, the ledger on the
 * DynamoDB protocol as on AWS: the first delivery against the warm ones after it.
 */
export async function firstRequest(): Promise<Figure[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-first-'))
  const emulator = await startEmulatorProcess(0)
  const table = await startProcess('test/soak/dynamodb-main.ts', [])
  const environment = functionEnvironment({
    CRM_URL: emulator.baseUrl,
    CRM_USER: USER.user,
    CRM_PASSWORD: USER.password,
    LEDGER_URL: `dynamodb:${String(table.message['table'])}`,
    LEDGER_SPILL_URL: `file:${path.join(folder, 'spilled')}`,
    AWS_ENDPOINT_URL_DYNAMODB: String(table.message['endpoint']),
  })
  try {
    const found = { first: [] as number[], warm: [] as number[], allowed: [] as number[] }
    for (let turn = 0; turn <= PROCESSES; turn += 1) {
      const { message, close } = await startProcess(
        'bench/start/first-request-main.ts',
        [String(turn)],
        environment,
      )
      await close()
      if (turn === 0) continue
      const [load, first, warm, outgoing] = ['load', 'first', 'warm', 'outgoing'].map((key) =>
        Number(message[key]),
      )
      found.first.push((load ?? 0) + (first ?? 0))
      found.warm.push(warm ?? 0)
      found.allowed.push(((load ?? 0) + (first ?? 0)) / ((load ?? 0) + (outgoing ?? 0) + 1.5 * (warm ?? 0)))
    }
    return [
      figure('first delivery of a process, its loading included', 'ms', found.first),
      figure('warm delivery', 'ms', found.warm),
      figure('first : load + first outgoing request + 1.5 × warm', 'ratio', found.allowed, { atMost: 1 }),
    ]
  } finally {
    await Promise.all([emulator.close(), table.close()])
    await rm(folder, { recursive: true, force: true })
  }
}
