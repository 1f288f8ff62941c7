import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes longest, and partly waits: begun last it would be waited for alone. */
const SLOW = [
  '/test/soak/',
  '/test/simulation/storm',
  '/test/end-to-end/',
  '/test/deploy/',
  '/test/delivery/',
]

/** The slow files first, the others in vitest's own order. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = SLOW.findIndex((part) => moduleId.includes(part))
      return place < 0 ? SLOW.length : place
    }
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other))
  }
}
