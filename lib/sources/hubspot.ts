import { NotUnderstoodError } from './errors.ts'
import { formSource } from './form-source.ts'
import { listOf, readable, utcOf } from './form-values.ts'
import { hubspotProof } from './hubspot-proof.ts'
import { type JsonObject, objectOf, textOf } from './loose-json.ts'
import type { Json, Source } from './source.ts'

/**
 * "Send a webhook" of a HubSpot workflow: the contact, with the forms it has filled in. Answered within 30 s, tried again
 * for three days, but not after 4xx. Workflows sign with an app's secret, or send an API key in a header.
 */
export const hubspot: Source = formSource({
  name: 'hubspot',
  inlineBudgetMs: 20_000,
  proof: hubspotProof,

  read(payload) {
    if (Array.isArray(payload)) return { kind: 'ignored', reason: 'topic of an app' }
    const contact = objectOf(payload)
    const properties = objectOf(contact['properties'] ?? payload)
    if (Object.keys(properties).length === 0) throw new NotUnderstoodError('properties: is missing')
    const company = objectOf(objectOf(contact['associated-company'])['properties'])['name']
    const form = latestForm(listOf(contact['form-submissions']))
    const [id, changedAt] = [textOf(contact['vid']), textOf(valueIn(properties['lastmodifieddate']))]
    const isKnownBy = id === undefined || changedAt === undefined ? undefined : `contact-${id}-${changedAt}`
    return {
      formId: textOf(form?.['form-id']),
      submissionId: textOf(form?.['conversion-id']),
      deliveryId: form === undefined ? isKnownBy : undefined,
      version: utcOf(changedAt),
      submittedAt: utcOf(form?.['timestamp']),
      pageUrl: textOf(form?.['page-url']),
      answers: Object.entries({ ...(company !== undefined && { company }), ...properties })
        .filter(([name]) => !OWN.test(name))
        .map(([name, value]) => ({ name, value: readable(valueIn(value)) })),
    }
  },
})

/** Properties HubSpot keeps for itself: https://knowledge.hubspot.com/properties/hubspots-default-contact-properties. */
const OWN =
  /^(hs_|hubspot|num_|recent_|first_|notes_|currentlyinworkflow$|createdate$|lastmodifieddate$|associatedcompanyid$|lifecyclestage$|days_to_close$|surveymonkey)/

/** A property is `{ value, versions }`, or its value where the workflow chose which to send. */
function valueIn(property: Json | undefined): Json | undefined {
  const { value } = objectOf(property)
  return value ?? (typeof property === 'object' ? undefined : property)
}

function latestForm(forms: readonly Json[]): JsonObject | undefined {
  const timeOf = (form: JsonObject) => Number(textOf(form['timestamp']) ?? 0)
  return forms.map(objectOf).toSorted((one, other) => timeOf(other) - timeOf(one))[0]
}
