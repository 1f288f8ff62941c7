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

/** `http://127.0.0.1:4000`; an IPv6 address stands in brackets (RFC 3986 §3.2.2). */
export function httpAddress(host: string, port: number): string {
  return `http://${net.isIPv6(host) ? `[${host}]` : host}:${port}`
}
