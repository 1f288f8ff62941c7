import { receiveFunction } from '../lib/runtime/receive-function.ts'

/** POST /orders/{name}[/{token}]: something happened to an order. */
export const handler = receiveFunction('order')
