import { decodeEntries, entriesOf } from './form-entries.ts'
import { formSource } from './form-source.ts'
import { tokenProof } from './proof.ts'
import type { Source } from './source.ts'

/** Contact Form 7 through "CF7 to Webhook", which waits 30 s and does not try again: JSON named like the form's tags. */
export const contactForm7: Source = formSource({
  name: 'contact-form-7',
  inlineBudgetMs: 20_000,
  proof: tokenProof,
  decode: decodeEntries,

  read(payload) {
    const { entries, files, get } = entriesOf(payload)
    return {
      formId: get('_wpcf7'),
      pageUrl: get('_wpcf7_container_url') ?? get('_url'),
      files,
      answers: entries
        .filter(({ name }) => !name.startsWith('_wpcf7'))
        .map(({ name, values }) => ({ name, value: values.join(', ') })),
    }
  },
})
