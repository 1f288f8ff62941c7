import { setTimeout as sleep } from 'node:timers/promises'
import type { Fleet } from './fleet.ts'
import type { Options } from './options.ts'

type Server = { restart(): Promise<void> }

export type UnrestOptions = {
  readonly fleet: Fleet
  readonly servers: readonly Server[]
  readonly options: Pick<Options, 'secondsBetweenKills'>
  readonly random: () => number
  readonly say: (line: string) => void
}

export type Unrest = { kills(): number; restarts(): number; stop(): Promise<void> }

/** A server is killed and started again with every fourth kill of a worker. */
const KILLS_FOR_EACH_RESTART = 4
const SAY_EVERY = 10

/** Kills a worker every few seconds, and a server now and then, until it is stopped. */
export function unrest({ fleet, servers, options, random, say }: UnrestOptions): Unrest {
  const stopped = new AbortController()
  let [kills, restarts] = [0, 0]
  const loop = async () => {
    for (;;) {
      const pauseMs = options.secondsBetweenKills * 1_000 * (0.5 + random())
      const isOver = await sleep(pauseMs, false, { signal: stopped.signal }).catch(() => true)
      if (isOver) return
      const dying = fleet.killOne()
      kills += 1
      if (kills % KILLS_FOR_EACH_RESTART === 0) {
        await servers[restarts % servers.length]?.restart()
        restarts += 1
      }
      await dying
      if (kills % SAY_EVERY === 0) say(`${kills} kills, ${restarts} restarts of servers`)
    }
  }
  const looping = loop()
  // Awaited by `stop`; until then a failure must not end the process unheard.
  looping.catch(() => undefined)
  return {
    kills: () => kills,
    restarts: () => restarts,
    stop: async () => {
      stopped.abort()
      await looping
    },
  }
}
