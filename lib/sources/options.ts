import * as z from '../values/schema.ts'
import type { SourceContext } from './source.ts'

/**
 * An instance's options by the source's own schema.
 * @throws Error naming the instance, each wrong option and its rule
 */
export function optionsOf<Shape extends z.ZodMiniType>(
  shape: Shape,
  { instance, options }: Pick<SourceContext, 'instance' | 'options'>,
): z.infer<Shape> {
  const result = z.safeParse(shape, options)
  if (result.success) return result.data
  throw new Error(`options of "${instance}": ${issuesOf(result.error).join('; ')}`)
}

/** `path: rule`, one for each issue. */
export function issuesOf(error: z.core.$ZodError): string[] {
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}
