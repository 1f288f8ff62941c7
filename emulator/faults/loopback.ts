import { BlockList } from 'node:net'

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** Whether a socket's remote address is this machine itself; IPv4 written as IPv6 too. */
export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false
  return LOOPBACK.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
}
