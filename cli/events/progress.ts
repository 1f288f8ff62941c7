import cliProgress from 'cli-progress'

export type Progress = { tick(): void; stop(): void }

/** A bar on stderr for a long run; only where a person sits at a terminal. `total` is undefined when nobody knows it. */
export function progress(what: string, total?: number): Progress {
  const format =
    total === undefined ? `${what} {value}` : `${what} {bar} {value}/{total}, {eta_formatted} left`
  const bar = new cliProgress.SingleBar(
    { format, clearOnComplete: true, etaBuffer: 100, stream: process.stderr },
    cliProgress.Presets.shades_classic,
  )
  bar.start(total ?? Number.MAX_SAFE_INTEGER, 0)
  return { tick: () => bar.increment(), stop: () => bar.stop() }
}
