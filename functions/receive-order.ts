import { receiveFunction } from '../lib/runtime/receive-function.ts'

/** /orders/{name}[/{token}]: something happened to an order (POST), or its shop asks whether we are there (GET). */
export const handler = receiveFunction('order')
