import { receiveFunction } from '../lib/runtime/receive-function.ts'

/** /forms/{name}[/{token}]: a form was sent (POST), or its vendor asks whether we are there (GET). */
export const handler = receiveFunction('form')
