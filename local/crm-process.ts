import path from 'node:path'
import * as z from 'zod'
import { type Child, startChild } from './child.ts'
import type { CrmSwitch } from './control.ts'

const Ready = z.object({ baseUrl: z.url() })
const EMULATOR = path.join(import.meta.dirname, '../emulator/main.ts')

/** The emulated Sage CRM as a process of its own, which can be taken away and given back on the same port. */
export async function startCrmProcess(port: number, host: string, dataFile: string) {
  const args = ['--port', String(port), '--host', host, '--data', dataFile]
  let child: Child | undefined = await startChild(EMULATOR, args)
  const baseUrl = Ready.parse(child.ready).baseUrl
  const stop = async () => {
    await child?.stop()
    child = undefined
  }
  const start = async () => {
    child ??= await startChild(EMULATOR, args)
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
