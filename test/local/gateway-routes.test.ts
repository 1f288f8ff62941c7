import { describe, expect, it, test } from 'vitest'
import { createRouter, decodePath } from '../../local/gateway-routes.ts'
import { gatewayOf, post } from './gateway-support.ts'

const find = createRouter(
  [
    'ANY /forms/{name}',
    'POST /forms/{name}',
    'POST /forms/{name}/{token}',
    'POST /forms/list',
    'GET /{all+}',
    'GET /files/{file-name+}',
    'GET /a.b',
  ].map((key) => {
    const [method = '', path = ''] = key.split(' ')
    return { method, path, key }
  }),
)

test.each([
  ['POST', '/forms/contact', 'POST /forms/{name}', { name: 'contact' }],
  ['PUT', '/forms/contact', 'ANY /forms/{name}', { name: 'contact' }],
  ['POST', '/forms/list', 'POST /forms/list', {}],
  ['POST', '/forms/a b/t/é', undefined, undefined],
  ['POST', '/forms/a b/té', 'POST /forms/{name}/{token}', { name: 'a b', token: 'té' }],
  ['POST', '/forms//token', undefined, undefined],
  ['POST', '/forms/contact/', undefined, undefined],
  ['POST', '/Forms/contact', undefined, undefined],
  ['GET', '/files/a/b', 'GET /files/{file-name+}', { 'file-name': 'a/b' }],
  ['GET', '/other/a', 'GET /{all+}', { all: 'other/a' }],
  ['GET', '/axb', 'GET /{all+}', { all: 'axb' }],
  ['HEAD', '/files/a', undefined, undefined],
])('%s %s goes to %s', (method, path, key, pathParameters) => {
  const found = find(method, path)
  expect([found?.route.key, found?.pathParameters]).toEqual([key, pathParameters])
})

test.each([
  ['/forms/plain', '/forms/plain'],
  ['/forms/two%20words', '/forms/two words'],
  ['/forms/%CE%BB', '/forms/λ'],
  ['/forms/hash%23tag', '/forms/hash#tag'],
  ['/forms/why%3Fnot', '/forms/why'],
  ['/forms/a%2Fb', '/forms/a/b'],
  ['/forms/a%252Fb', '/forms/a/b'],
  ['/forms/a%253Fb', '/forms/a?b'],
  ['/forms/a%2525b', '/forms/a%b'],
])('the path %s reaches a function as %s', (sent, seen) => {
  expect(decodePath(sent)).toBe(seen)
})

describe('the gateway', () => {
  it.each(['/forms/100%25sure', '/forms/%zz', '/forms/%ff'])('refuses %s as undecodable', async (path) => {
    const response = await post(await gatewayOf(() => ({})), {}, path)
    expect([response.status, await response.json()]).toEqual([400, { message: 'Bad Request' }])
  })

  it('answers 404 where there is no route, and for another method', async () => {
    const gateway = await gatewayOf(() => ({}), { routes: [['GET', '/health']] })
    const elsewhere = await fetch(`${gateway.url}/nowhere`)
    expect([elsewhere.status, await elsewhere.json()]).toEqual([404, { message: 'Not Found' }])
    for (const method of ['POST', 'HEAD', 'OPTIONS'])
      expect((await fetch(`${gateway.url}/health`, { method })).status).toBe(404)
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200)
  })
})
