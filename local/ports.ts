import net from 'node:net'

/** The wanted port if it is free, else (and for 0) one the system picks. */
export async function freePort(wanted: number, host: string): Promise<number> {
  return (await probe(wanted, host)) ?? (await probe(0, host)) ?? wanted
}

function probe(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, host, () => {
      const address = server.address() as net.AddressInfo
      server.close(() => resolve(address.port))
    })
  })
}
