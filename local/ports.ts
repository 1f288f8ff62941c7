import net from 'node:net'

/** The wanted port if it is free; otherwise 0, so that the server that listens is given one nobody else can take. */
export function portOrAny(wanted: number, host: string): Promise<number> {
  if (wanted === 0) return Promise.resolve(0)
  return new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', () => resolve(0))
    server.listen(wanted, host, () => server.close(() => resolve(wanted)))
  })
}
