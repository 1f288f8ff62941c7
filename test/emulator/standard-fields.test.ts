import { describe, expect, it } from 'vitest'
import { entities, findColumn, findEntity } from '../../emulator/entities/index.ts'

/** The stock columns of each entity, with the lengths that are known; from public database classes and code. */
const STANDARD: Readonly<Record<string, readonly [prefix: string, columns: string]>> = {
  Company: [
    'Comp',
    `CompanyId PrimaryPersonId PrimaryAddressId PrimaryUserId Name(60) Type(40) Status(40) Source(40) Territory(40)
     Revenue(40) Employees(40) Sector(40) IndCode(40) MailRestriction(40) WebSite(100) LibraryDir(255) ChannelID SLAId
     PrimaryAccountId DefaultIntId CurrencyId UploadDate IntForeignId(255) IntId IntLastSyncDate Promote OptOut
     IntegratedSystems(255)`,
  ],
  Person: [
    'Pers',
    `PersonId CompanyId PrimaryAddressId PrimaryUserId AccountId ChannelID Salutation(10) FirstName(30) LastName(40)
     MiddleName(30) Suffix(20) Gender(6) Title(50) TitleCode(40) Department(35) DepartmentCode(30) Status Source
     Territory MailRestriction WebSite(40) LibraryDir(255) OptOut Promote IntForeignId(255) IntId IntLastSyncDate
     ConflictResDate UploadDate`,
  ],
  Address: ['Addr', 'AddressId Address1 Address2 Address3 Address4 Address5 City State PostCode Country'],
  Address_Link: ['AdLi', 'AddressLinkId AddressId CompanyID PersonID Type'],
  Phone: ['Phon', 'PhoneId CountryCode(5) AreaCode(20) Number(20)'],
  PhoneLink: ['PLink', 'EntityId RecordID PhoneId Type'],
  Email: ['Emai', 'EmailId EmailAddress(255)'],
  EmailLink: ['ELink', 'EntityID RecordID EmailId Type'],
  Person_Link: ['PeLi', 'CompanyId PersonId'],
  Cases: [
    'Case',
    `CaseId PrimaryCompanyId PrimaryPersonId AssignedUserId ChannelId PrimaryAccountId Description(255) CustomerRef(30)
     Source(12) SerialNumber(30) Product(30) ProductId ProductArea(13) ProblemType(80) SolutionType(40) ProblemNote
     SolutionNote Opened Closed TargetClose OpenedBy ClosedBy Status(11) Stage(13) Priority(40) ReferenceId(128)
     FoundVer(40) TargetVer(40) NotifyTime SLASeverity(40) SLAID SLACloseBy SLAAmberCloseBy`,
  ],
  Opportunity: [
    'Oppo',
    `OpportunityId PrimaryCompanyId PrimaryPersonId AssignedUserId ChannelId LeadID WaveItemId PrimaryAccountId
     Description(40) Type(40) Product(30) Source(40) Status(15) Stage(20) Priority(40) Scenario(40)
     DecisionTimeframe(40) Note CustomerRef(30) Opened Closed TargetClose NotifyTime Forecast Forecast_CID Certainty
     Total Total_CID Currency TotalOrders TotalOrders_CID totalQuotes totalQuotes_CID NoDiscAmtSum NoDiscAmtSum_CID
     SMSSent(20) SCRMcompetitor(255) SCRMwinner(40) SCRMreasonforloss SCRMIsCrossSell SCRMOriginalOppoId`,
  ],
  Lead: [
    'Lead',
    `LeadId Description CompanyName CompanyWebsite PersonFirstName PersonLastName PersonEmail PersonPhoneNumber
     PrimaryCompanyId PrimaryPersonId Status Stage Rating Source Priority AssignedUserId ChannelId Opened Closed`,
  ],
  Communication: [
    'Comm',
    `CommunicationId OpportunityId CaseId LeadID OrderId QuoteId SolutionId ChannelId RecurrenceId Type(40) Action(40)
     Status(40) Priority(40) DateTime ToDateTime OriginalDateTime OriginalToDateTime completedtime NotifyTime
     NotifyDelta Subject(255) Location(255) Note Email From TO CC BCC ReplyTo Private IsHtml HasAttachments
     IsAllDayEvent TaskReminder CRMOnly DocDir(255) DocName(255) MeetingID(500) OutlookID(30) Organizer(384)
     percentcomplete`,
  ],
  Comm_Link: [
    'CmLi',
    `CommLinkId Comm_CommunicationId Comm_CompanyId Comm_PersonId Comm_UserId Comm_LeadID Comm_AccountId Comm_QuoteId
     Comm_OrderId status`,
  ],
  Notes: ['Note', 'NoteId Note ForeignTableId ForeignId'],
  ...documents('Quotes', 'Quot'),
  ...documents('Orders', 'Orde'),
  ...lineItems('QuoteItems', 'QuIt'),
  ...lineItems('OrderItems', 'OrIt'),
  NewProduct: ['Prod', 'ProductID code name productfamilyid active'],
  Pricing: ['Pric', 'ProductID PricingListId UOMID price price_CID Active'],
  UOM: ['UOM', 'UOMID name description'],
  PricingList: ['PrLi', 'PricingListId'],
  Currency: ['Curr', 'CurrencyId Symbol'],
  Users: [
    'User',
    'UserId Logon FirstName LastName EmailAddress Department Title PrimaryTerritory PrimaryChannelId',
  ],
  Custom_Captions: ['Capt', 'Family Code US UK FR DE ES'],
  vPersonPE: [
    'Pers',
    'FullName EmailAddress(255) PhoneCountryCode(5) PhoneAreaCode(20) PhoneNumber FaxNumber',
  ],
  vCompanyPE: ['Comp', 'EmailAddress PhoneCountryCode PhoneAreaCode PhoneNumber FaxNumber'],
  vSummaryCase: ['Case', 'CaseId Description ReferenceId'],
  vAddressCompany: ['AdLi', 'CompanyID'],
  vNewProductPriceList: ['PrLi', 'pricinglistid'],
  Territories: ['Terr', 'TerritoryID Caption'],
  Channel: ['Chan', 'ChannelId Description'],
  Library: ['Libr', 'LibraryId FileName FilePath'],
  Campaigns: ['Camp', 'CampaignId Name'],
  Project: ['proj', 'CompanyId UserId Name ChannelId OpportunityId PersonId'],
}

function documents(name: string, prefix: string): Readonly<Record<string, readonly [string, string]>> {
  const columns = `OrderQuoteID OpportunityId Reference Description Status Opened ExpirationDate Currency PricingListID
    AssociatedId ContactId DiscountType DiscountPC DiscountAmt DiscountAmt_CID LineItemDisc LineItemDisc_CID NoDiscAmt
    NoDiscAmt_CID NettAmt NettAmt_CID GrossAmt GrossAmt_CID Tax Tax_CID Freight RollUp BillAddress ShipAddress
    SynchStatus Promote`
  return { [name]: [prefix, columns] }
}

function lineItems(name: string, prefix: string): Readonly<Record<string, readonly [string, string]>> {
  const columns = `LineItemID OrderQuoteId OpportunityId LineNumber LineType ProductId ProductFamilyId UOMID Quantity
    Description ListPrice ListPrice_CID QuotedPrice QuotedPrice_CID QuotedPriceTotal QuotedPriceTotal_CID Discount
    Discount_CID DiscountSum DiscountSum_CID DiscountRate Tax Tax_CID TaxRate DoNotReprice RepricingStatus ERPLocation
    IntId IntForeignId Promote`
  return { [name]: [prefix, columns] }
}

const SYSTEM = [
  'CreatedBy',
  'CreatedDate',
  'UpdatedBy',
  'UpdatedDate',
  'TimeStamp',
  'Deleted',
  'SecTerr',
  'WorkflowId',
]

describe.each(Object.entries(STANDARD))('%s', (name, [prefix, list]) => {
  const entity = findEntity(name)

  it('has the standard columns, of the lengths that are known', () => {
    const wrong = list.split(/\s+/).filter((written) => {
      const [, column = '', length] = /^(\w+)(?:\((\d+)\))?$/.exec(written) ?? []
      const found = entity && findColumn(entity, `${prefix}_${column}`)
      return found === undefined || (length !== undefined && found.maxLength !== Number(length))
    })
    expect(wrong).toEqual([])
  })
})

describe.each(entities)('$name', ({ columns, prefix, title, idColumn }) => {
  const names = new Set(columns.map(({ name }) => name))

  it('has the columns of the system', () => {
    const lower = new Set([...names].map((name) => name.toLowerCase()))
    const missing = SYSTEM.filter((column) => !lower.has(`${prefix}_${column}`.toLowerCase()))
    expect(missing).toEqual([])
  })

  it('is named by columns it has, and has each column once', () => {
    expect([...title, idColumn].filter((column) => !names.has(column))).toEqual([])
    expect(new Set([...names].map((name) => name.toLowerCase())).size).toBe(columns.length)
  })
})
