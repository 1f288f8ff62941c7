/** What `$prototypes/Cases` may answer. */
export const PROTOTYPE = {
  $title: 'Cases',
  $resourceKind: 'Cases',
  $resourceId: 3,
  $properties: {
    Case_CaseId: { $title: 'Case ID', $type: 'sdata/integer', $isReadOnly: true },
    Case_Description: { $title: 'Description', $type: 'sdata/string', $maxLength: 255, $isMandatory: true },
    case_source: {
      $title: 'Source',
      $type: 'sdata/choice',
      $item: {
        $type: 'sdata/string',
        $enum: [
          { $value: 'Web', $title: 'Web site' },
          { $value: "Don't", $title: null },
        ],
      },
    },
    Case_Opened: { $title: 'Opened', $type: 'sdata/datetime' },
    Case_Total: { $title: 'Total', $type: 'sdata/decimal' },
    Case_Private: { $title: 'Private', $type: 'sdata/boolean' },
  },
}
