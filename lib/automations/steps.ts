import type { TaskSettings } from '../config/automation-settings.ts'
import { type Fields, noteOf, type Step } from '../crm/plan.ts'
import type { Observed } from '../events/automation-run.ts'

/** The record itself, changed only while the fields that were looked at are as they were. */
export function recordStep(as: string, resource: string, record: Observed, update: Fields): Step {
  const seen = record.fields
  return { as, resource, needs: [], match: { by: 'id', id: record.id, seen }, create: {}, update }
}

/** A note of a record that an earlier step stands for. */
export function noteStep(of: string, resource: string, text: string): Step {
  return noteOf(`${of}-note`, of, resource, text)
}

export type Task = {
  /** The step whose record the task is about, and the field of Communication that names it. */
  readonly of: string
  readonly field: 'comm_caseid' | 'comm_opportunityid' | 'comm_quoteid'
  readonly subject: string
  readonly text: string
  /** When it is due: UTC, `2026-11-25T09:00:00Z`. */
  readonly at: string
  /** Other fields of the task, such as its opportunity. */
  readonly more?: Fields
  readonly userId: number | undefined
  readonly companyId: number | undefined
  readonly personId: number | undefined
  /** Tells this task's link from every other in the ledger. */
  readonly key: string
}

/** A task and, where somebody is concerned, the link that puts it into a calendar and under a company or person. */
export function taskSteps(task: Task, settings: TaskSettings): Step[] {
  const { of, field, userId = settings.userId, companyId, personId } = task
  const record: Step = {
    as: 'task',
    resource: 'Communication',
    needs: [of],
    match: {
      by: 'trailing-line',
      field: 'comm_note',
      where: { op: 'eq', field, value: { ref: of } },
    },
    create: {
      comm_type: settings.type,
      comm_action: settings.action,
      comm_status: settings.status,
      comm_priority: settings.priority,
      comm_datetime: task.at,
      comm_subject: { fit: task.subject },
      comm_note: task.text,
      ...task.more,
      [field]: { ref: of },
    },
  }
  const concerned = {
    ...(userId !== undefined && { cmli_comm_userid: userId }),
    ...(companyId !== undefined && { cmli_comm_companyid: companyId }),
    ...(personId !== undefined && { cmli_comm_personid: personId }),
  }
  return Object.keys(concerned).length === 0 ? [record] : [record, linkStep(concerned, task.key)]
}

/** A task that was just made has no other link. */
function linkStep(concerned: Fields, key: string): Step {
  const task = { ref: 'task' } as const
  return {
    as: 'task-link',
    resource: 'Comm_Link',
    needs: ['task'],
    match: {
      by: 'natural',
      key: `task-link:${key}`,
      search: [
        {
          resource: 'Comm_Link',
          where: { op: 'eq', field: 'cmli_comm_communicationid', value: task },
          equal: { cmli_comm_communicationid: task },
        },
      ],
    },
    create: { cmli_comm_communicationid: task, ...concerned },
  }
}

/** `2026-11-25 09:00 UTC` */
export function minuteOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** As the CRM is told of times: whole seconds, UTC. */
export function secondOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
