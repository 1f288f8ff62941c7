/** A form as a visitor sends it. */
export type Submission = {
  readonly submission_id: string
  readonly message: string
  readonly email?: string
  readonly company?: string
}

/** Half of all visitors leave an address, a quarter a company; both come again. */
const SHARE_WITH_EMAIL = 0.5
const SHARE_WITH_COMPANY = 0.25
const SUBMISSIONS_FOR_EACH_PERSON = 5
const SUBMISSIONS_FOR_EACH_COMPANY = 10
const SHARE_SENT_TWICE = 0.2

/** Submissions that tell themselves apart by their message. */
export function makeSubmissions(count: number, random: () => number): readonly Submission[] {
  const one = (of: number) => Math.floor(random() * Math.max(1, of))
  return Array.from({ length: count }, (_, index) => ({
    submission_id: `submission-${index}`,
    message: `Message ${index}`,
    ...(random() < SHARE_WITH_EMAIL && {
      email: `person-${one(count / SUBMISSIONS_FOR_EACH_PERSON)}@example.com`,
    }),
    ...(random() < SHARE_WITH_COMPANY && {
      company: `Company ${one(count / SUBMISSIONS_FOR_EACH_COMPANY)}`,
    }),
  }))
}

/** Every submission once and a fifth of them once more, in any order. */
export function makeDeliveries(
  submissions: readonly Submission[],
  random: () => number,
): readonly Submission[] {
  const twice = submissions.filter(() => random() < SHARE_SENT_TWICE)
  const order = [...submissions, ...twice].map((submission) => ({ submission, at: random() }))
  return order.toSorted((one, other) => one.at - other.at).map(({ submission }) => submission)
}
