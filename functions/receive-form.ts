import { receiveFunction } from '../lib/runtime/receive-function.ts'

/** POST /forms/{name}[/{token}]: a form was sent. */
export const handler = receiveFunction('form')
