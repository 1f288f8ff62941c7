import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { bad, type Finding, good, unclear } from './finding.ts'

const TIMEOUT_MS = 10_000
const EXPIRES_SOON_MS = 30 * 24 * 60 * 60 * 1000

/** Whether anybody listens, and whether the certificate is one to trust. No request is sent. */
export async function checkReach(base: URL, ca: string | undefined, now: Date): Promise<Finding[]> {
  const host = base.hostname.replace(/^\[|\]$/g, '')
  const port = Number(base.port || (base.protocol === 'https:' ? 443 : 80))
  try {
    await connected(net.connect({ host, port }), 'connect')
  } catch (error) {
    const todo = 'check the address, the name server, the firewall, and that IIS is running'
    return [bad('reachable', `${host}:${port}: ${reasonOf(error)}`, todo)]
  }
  const reached = good('reachable', `${host}:${port}`)
  return [reached, base.protocol === 'https:' ? await checkTls(host, port, ca, now) : plainHttp(host)]
}

async function checkTls(host: string, port: number, ca: string | undefined, now: Date): Promise<Finding> {
  const servername = net.isIP(host) === 0 ? host : ''
  const authorities = ca === undefined ? {} : { ca: [...tls.rootCertificates, ca] }
  const socket = tls.connect({ host, port, servername, ...authorities })
  try {
    const { protocol, valid_to, issuer } = await connected(socket, 'secureConnect', () => ({
      protocol: socket.getProtocol(),
      ...socket.getPeerCertificate(),
    }))
    const said = `${protocol}, certificate of ${issuer?.O ?? issuer?.CN ?? 'nobody'} until ${valid_to}`
    const isExpiring = new Date(valid_to).getTime() - now.getTime() < EXPIRES_SOON_MS
    return isExpiring ? unclear('TLS', said, 'renew the certificate') : good('TLS', said)
  } catch (error) {
    const todo = 'for a certificate of your own CA set CRM_CA_FILE to its PEM file'
    return bad('TLS', reasonOf(error), todo)
  }
}

function plainHttp(host: string): Finding {
  const isHere = /^(localhost|127\.|::1)/.test(host)
  if (isHere) return good('TLS', 'none, on this machine')
  return unclear('TLS', 'none: user and password are sent unencrypted', 'use https')
}

async function connected<T>(socket: net.Socket, event: string, read?: () => T): Promise<T> {
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer in time')))
  try {
    await once(socket, event)
    return read?.() as T
  } finally {
    socket.destroy()
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error ? `${error.message} (${String(error.code)})` : error.message
}
