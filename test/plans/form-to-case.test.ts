import { describe, expect, it } from 'vitest'
import { defineConfig } from '../../lib/config/config.ts'
import type { FormSubmission } from '../../lib/events/form-submission.ts'
import { formToCase } from '../../lib/plans/form-to-case.ts'

const config = defineConfig({
  installation: 'test',
  publicUrl: 'http://localhost',
  sources: { contact: { source: 'web-form', case: { priority: 'High', title: 'Contact' } } },
  case: { source: 'Web', priority: 'Normal' },
})
const context = {
  config,
  instance: 'contact',
  receivedAt: new Date('2026-11-24T02:30:15Z'),
  fileUrl: (index: number) => `https://crm.example.com/files/1/${index}`,
}

const submission: FormSubmission = {
  kind: 'form-submission',
  form: 'contact',
  firstName: 'Maeve',
  lastName: "O'Brien",
  email: 'maeve@example.com',
  phone: '+353 1 34322',
  company: 'Gatecom Inc.',
  subject: 'Quote',
  message: 'Line one\nLine two',
  fields: [
    { name: 'email', value: 'maeve@example.com' },
    { name: 'message', value: 'Line one\nLine two' },
  ],
  files: [{ field: 'plan', filename: 'plan.pdf', contentType: 'application/pdf', sizeInBytes: 12 }],
}

function without(...names: (keyof FormSubmission)[]): FormSubmission {
  return Object.fromEntries(
    Object.entries(submission).filter(([name]) => !names.includes(name as never)),
  ) as FormSubmission
}

function stepOf(event: FormSubmission, as: string) {
  return formToCase({ snapshot: event, facts: [] }, context).steps.find((step) => step.as === as)
}

describe('a form submission as a plan', () => {
  it('is company, person, case and note, each after what it refers to', () => {
    const order = formToCase({ snapshot: submission, facts: [] }, context).steps.map(({ as, needs }) => [
      as,
      needs,
    ])
    expect(order).toEqual([
      ['company', []],
      ['person', ['company']],
      ['case', ['company', 'person']],
      ['note', ['case']],
      ['company-differences', ['case', 'company']],
      ['differences', ['case', 'person']],
    ])
  })

  it('finds the company by name and the person by e-mail, and marks the case', () => {
    expect(stepOf(submission, 'company')?.match).toMatchObject({ by: 'natural', key: 'company:gatecom inc.' })
    expect(stepOf(submission, 'person')?.match).toMatchObject({
      by: 'natural',
      key: 'person:maeve@example.com',
    })
    expect(stepOf(submission, 'case')?.match).toEqual({ by: 'marker', field: 'case_customerref' })
  })

  it('lets the mapping of the instance win over the general one', () => {
    expect(stepOf(submission, 'case')?.create).toMatchObject({
      case_source: 'Web',
      case_priority: 'High',
      case_description: { fit: 'Contact: Quote' },
      case_problemnote: 'Line one\nLine two',
    })
  })

  it('uses the company of a known person when none was named', () => {
    const event = without('company')
    expect(stepOf(event, 'company')).toBeUndefined()
    expect(stepOf(event, 'case')?.create['case_primarycompanyid']).toEqual({
      ref: 'person',
      carried: 'company',
    })
  })

  it('stands alone without an e-mail address: nobody can be told apart', () => {
    const steps = formToCase({ snapshot: without('email', 'company'), facts: [] }, context).steps.map(
      (step) => step.as,
    )
    expect(steps).toEqual(['case', 'note'])
  })

  it('gives a person without a name the first part of the address as last name', () => {
    expect(stepOf(without('firstName', 'lastName'), 'person')?.create).toMatchObject({
      pers_lastname: { fit: 'maeve' },
    })
    expect(stepOf(without('lastName'), 'person')?.create['pers_lastname']).toEqual({ fit: 'Maeve' })
  })

  it('describes a case by the first line of the message when there is no subject, else by the form', () => {
    expect(stepOf(without('subject'), 'case')?.create['case_description']).toEqual({
      fit: 'Contact: Line one',
    })
    expect(stepOf(without('subject', 'message'), 'case')?.create['case_description']).toEqual({
      fit: 'Contact: contact',
    })
  })

  it('puts everything that was sent into the note', () => {
    expect(stepOf(submission, 'note')?.create['note_note']).toBe(
      [
        'Form "contact", received 2026-11-24 02:30 UTC',
        '',
        'email: maeve@example.com',
        'message:',
        'Line one',
        'Line two',
        'plan: file "plan.pdf" (application/pdf, 12 bytes)',
        'https://crm.example.com/files/1/0',
      ].join('\n'),
    )
  })

  it('says in the note where it was sent from, what is to be known of it, and where the files of the vendor are', () => {
    const event: FormSubmission = {
      ...submission,
      files: [],
      fields: [],
      pageUrl: 'https://example.com/contact',
      language: 'de',
      remarks: ['Nobody checked that a person sent this.'],
      links: [
        { field: 'cv', url: 'https://vendor.example/1', filename: 'cv.pdf' },
        { field: 'photo', url: 'https://vendor.example/2' },
      ],
    }
    expect(String(stepOf(event, 'note')?.create['note_note']).split('\n').slice(1)).toEqual([
      'Page: https://example.com/contact',
      'Language: de',
      'Nobody checked that a person sent this.',
      '',
      'cv: "cv.pdf" https://vendor.example/1',
      'photo: https://vendor.example/2',
    ])
  })
})

it('gives the case to whom the configuration says, the nearest to the source first', () => {
  const owned = defineConfig({
    installation: 'test',
    publicUrl: 'http://localhost',
    defaults: { assignedUserId: 4, teamId: 2, slaId: 1 },
    case: { teamId: 3, fields: { case_foundver: '1', Case_Description: 'never', case_serialnumber: 'all' } },
    sources: { contact: { source: 'web-form', case: { slaId: 9, fields: { Case_SerialNumber: 'own' } } } },
  })
  const record = formToCase({ snapshot: submission, facts: [] }, { ...context, config: owned }).steps.find(
    ({ as }) => as === 'case',
  )
  expect(record?.create).toMatchObject({
    case_assigneduserid: 4,
    case_channelid: 3,
    case_slaid: 9,
    case_foundver: '1',
    case_serialnumber: 'own',
    case_description: { fit: 'Quote' },
  })
})

describe('a submission that may be edited', () => {
  const editable: FormSubmission = {
    ...submission,
    standing: { is: 'snapshot', version: '2026-03-12T12:00:00.000Z' },
  }

  it('says what its case shall contain later on; one that may not says nothing of the kind', () => {
    expect(stepOf(editable, 'case')?.update).toEqual(stepOf(editable, 'case')?.create)
    expect(stepOf(submission, 'case')).not.toHaveProperty('update')
  })

  it('has a note of its own for each content, whatever the version', () => {
    const noteOf = (event: FormSubmission) =>
      formToCase({ snapshot: event, facts: [] }, context).steps.find(({ as }) => as.startsWith('note'))?.as
    const other = { ...editable, fields: [{ name: 'a', value: 'b' }] }
    expect(noteOf(editable)).toMatch(/^note-[a-z2-7]{13}$/)
    expect(noteOf({ ...editable, standing: { is: 'snapshot', version: '2027' } })).toBe(noteOf(editable))
    expect(noteOf(other)).not.toBe(noteOf(editable))
  })
})
