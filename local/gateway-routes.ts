export type RoutePattern = {
  /** `POST`, or `ANY` for every method that has no route of its own. */
  readonly method: string
  /** As in serverless.yml: `/forms/{name}`, `/files/{path+}`. */
  readonly path: string
}

export type RouteMatch<R> = { readonly route: R; readonly pathParameters: Record<string, string> }

export type FindRoute<R> = (method: string, path: string) => RouteMatch<R> | undefined

/**
 * Finds the route of a method and a decoded path. The most specific wins: fixed text before `{name}` before `{name+}`,
 * a named method before ANY (AWS, "Create routes for HTTP APIs in API Gateway").
 */
export function createRouter<R extends RoutePattern>(routes: readonly R[]): FindRoute<R> {
  const ranked = routes
    .map((route) => ({ route, rank: rankOf(route), match: createMatcher(route.path) }))
    .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
  return (method, path) => {
    for (const { route, match } of ranked) {
      const pathParameters = route.method === method || route.method === 'ANY' ? match(path) : undefined
      if (pathParameters) return { route, pathParameters }
    }
    return undefined
  }
}

/**
 * The path a function sees. An HTTP API decodes twice and cuts at a `?` that the first decoding brought to light; a `%`
 * that stands for nothing is refused with 400 (live captures of July 2026 in hotsock/voker, `ingress-paths.json`).
 * @throws URIError
 */
export function decodePath(sent: string): string {
  const [once = ''] = decodeURIComponent(sent).split('?')
  return decodeURIComponent(once)
}

function rankOf({ method, path }: RoutePattern): string {
  const kinds = path
    .split('/')
    .map((segment) => (segment.endsWith('+}') ? 2 : segment.startsWith('{') ? 1 : 0))
  return `${kinds.join('')} ${method === 'ANY' ? 1 : 0}`
}

function createMatcher(routePath: string): (path: string) => Record<string, string> | undefined {
  const segments = routePath.split('/').map((text) => ({ text, variable: /^\{([^{}]+?)(\+?)\}$/.exec(text) }))
  const sources = segments.map(({ text, variable }) => {
    if (!variable) return RegExp.escape(text)
    return variable[2] === '+' ? '(.+)' : '([^/]+)'
  })
  const names = segments.flatMap(({ variable }) => variable?.[1] ?? [])
  const pattern = new RegExp(`^${sources.join('/')}$`, 's')
  return (path) => {
    const found = pattern.exec(path)?.slice(1)
    return found && Object.fromEntries(found.map((value, index) => [names[index] ?? '', value]))
  }
}
