import path from 'node:path'
import * as z from 'zod'
import { type Child, startChild } from './child.ts'
import type { CrmSwitch } from './control.ts'

const Ready = z.object({ baseUrl: z.url() })
const EMULATOR = path.join(import.meta.dirname, '../emulator/main.ts')

/**
 * The emulated Sage CRM as a process of its own, which can be taken away and given back on the same port.
 * @param port 0 for any free one
 */
export async function startCrmProcess(port: number, host: string, dataFile: string) {
  const run = (at: number | string) =>
    startChild(EMULATOR, ['--port', String(at), '--host', host, '--data', dataFile])
  let child: Child | undefined = await run(port)
  const { baseUrl } = Ready.parse(child.ready)
  const stop = async () => {
    await child?.stop()
    child = undefined
  }
  const start = async () => {
    child ??= await run(new URL(baseUrl).port)
  }
  return { baseUrl, switch: oneAtATime({ stop, start }), stop }
}

/** Stop and start never overlap. */
function oneAtATime(crm: CrmSwitch): CrmSwitch {
  let last: Promise<void> = Promise.resolve()
  const queue = (work: () => Promise<void>) => {
    last = last.catch(() => undefined).then(work)
    return last
  }
  return { stop: () => queue(crm.stop), start: () => queue(crm.start) }
}
