/** `scheme:place`, split at the first colon. */
export function splitUrl(url: string): readonly [scheme: string, place: string] {
  const [scheme = '', place = ''] = url.split(/:(.*)/s)
  return [scheme, place]
}
