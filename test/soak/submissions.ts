import { type Delivery, type Due, SENDERS } from './deliveries.ts'
import { type Visitor, visitorOf } from './visitors.ts'

/** A form as a visitor sends it. */
export type Submission = Visitor & { readonly submission_id: string; readonly message: string }

/** Submissions that tell themselves apart by their message. */
export function makeSubmissions(count: number, random: () => number): readonly Submission[] {
  return Array.from({ length: count }, (_, index) => ({
    submission_id: `submission-${index}`,
    message: `Message ${index}`,
    ...visitorOf(count, random),
  }))
}

/** The submissions as a browser posts them, each at any time. */
export function postedForms(submissions: readonly Submission[], random: () => number): readonly Due[] {
  return submissions.map((submission) => ({ delivery: formDelivery(submission), at: random() }))
}

function formDelivery(submission: Submission): Delivery {
  return {
    kind: 'forms',
    id: submission.submission_id,
    path: `/forms/${SENDERS.forms}`,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...submission }).toString(),
  }
}
