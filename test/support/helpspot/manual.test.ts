/** The stand-in for HelpSpot answers what the manual's examples show, element by element, when it holds what they hold. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emptyData, type HelpSpotData } from './data.ts';
import { HELPSPOT_TOKEN, type HelpSpotStandIn, startHelpSpot } from './server.ts';
import { addCategory, addCustomField, addNote, addRequest, addStaff } from './stored.ts';

/** An evening in New York: Mon, September 24, 2007, 07:44 PM. */
const OPENED = Date.UTC(2007, 8, 24, 23, 44) / 1_000;
const LATER = Date.UTC(2007, 8, 25, 15) / 1_000;
const DECLARED = '<?xml version="1.0" encoding="iso-8859-1"?>';
const DECLARED_UTF8 = '<?xml version="1.0" encoding="UTF-8"?>';

let helpspot: HelpSpotStandIn;
beforeAll(async () => {
  helpspot = await startHelpSpot();
  const data = ofTheManual();
  helpspot.heal(data);
});
afterAll(() => helpspot.close());

function ofTheManual(): HelpSpotData {
  const data = emptyData();
  addStaff(data, { xPerson: 1, sFname: 'Ian', sLname: 'Landsman', sEmail: 'ian@userscape.com', fUserType: 1 });
  addStaff(data, { xPerson: 3, sFname: 'Steve', sLname: 'Benson' });
  addStaff(data, { xPerson: 4, sFname: 'Tiffany', sLname: 'Prince' });
  const reportingTags = [
    { xReportingTag: 5, sReportingTag: 'Pricing' },
    { xReportingTag: 29, sReportingTag: 'Payment Inquires' },
  ];
  const presales = { sPersonList: [3, 4], sCustomFieldList: [2, 13], xPersonDefault: 1, reportingTags };
  addCategory(data, { xCategory: 1, sCategory: 'Pre Sales Question', ...presales });
  addCategory(data, { xCategory: 2, sCategory: 'Bugs', fAllowPublicSubmit: false });
  data.mailboxes = [{ xMailbox: 3, sReplyName: 'Test Account', sReplyEmail: 'systest@userscape.com', fDeleted: false }];
  data.statuses.push({ xStatus: 3, sStatus: 'Problem Solved', fDeleted: false });
  addTheRequest(data);
  const dtGMTDate = Date.UTC(2008, 5, 9, 12) / 1_000;
  const dtGMTDateAdded = Date.UTC(2008, 5, 9, 15, 48) / 1_000;
  const done = { iSeconds: 5400, tDescription: 'Fixed 3rd floor network printer', fBillable: false };
  data.timeEvents = [{ xTimeId: 4502, xRequest: 12745, xPerson: 1, dtGMTDate, dtGMTDateAdded, ...done }];
  data.subscriptions = [{ xSubscriptions: 30, xRequest: 46632, xPerson: 1 }];
  const described = { sDescription: 'Additional description values' };
  const john = { xContact: 2, sFirstName: 'John', sLastName: 'Doe', sEmail: 'John.Doe@example.com', ...described };
  const jane = { xContact: 3, sFirstName: 'Jane', sLastName: 'Doe', sEmail: 'Jane.Doe@example.com', ...described };
  data.contacts = [
    { ...john, sTitle: 'Director of HR', fHighlight: false },
    { ...jane, sTitle: 'CEO', fHighlight: true },
  ];
  return data;
}

function addTheRequest(data: HelpSpotData): void {
  const request = addRequest(data, {
    ...{ xRequest: 12745, fOpenedVia: 6, xOpenedViaId: 0, xPersonAssignedTo: 1, xCategory: 2, dtGMTOpened: OPENED },
    ...{ sRequestPassword: 'itetxb', sUserId: '12345', reportingTags: [29] },
    note: { xRequestHistory: 1375, tNote: 'This is the request.' },
  });
  const update = { dtGMTChange: OPENED + 19 * 60, fPublic: true, tNote: 'Plain text update to the request.' };
  addNote(data, request, { xRequestHistory: 1376, ...update });
  const changed = { xPerson: 1, dtGMTChange: LATER, tLog: 'Category changed from "" to "Bugs"' };
  addNote(data, request, { xRequestHistory: 1377, ...changed });
  const file = {
    xDocumentId: 60,
    sFilename: 'Invoice.pdf',
    sFileMimeType: 'application/pdf',
    body: Buffer.from('%PDF'),
  };
  const html = { fPublic: true, fNoteIsHTML: true, tNote: '<p>An HTML note example</p>', files: [file] };
  addNote(data, request, { xRequestHistory: 1378, xPerson: 1, dtGMTChange: LATER, ...html });
}

async function answerTo(query: string): Promise<string> {
  const headers = { authorization: `Bearer ${HELPSPOT_TOKEN}` };
  const answer = await fetch(`${helpspot.url}/api/index.php?method=${query}`, { headers });
  return (await answer.text()).replaceAll(helpspot.url, 'http://www.domain.com');
}

/** Without what is there for people to read it. */
function compact(xml: string): string {
  return xml.replace(/\n\s*/g, '').trim();
}

const REQUEST = `<xRequest>12745</xRequest><fOpenedVia>Web Service</fOpenedVia><xOpenedViaId>0</xOpenedViaId>
  <xPersonOpenedBy /><xPersonAssignedTo>Ian Landsman</xPersonAssignedTo><fOpen>1</fOpen><xStatus>Active</xStatus>
  <fUrgent>0</fUrgent><xCategory>Bugs</xCategory><dtGMTOpened>September 24, 2007</dtGMTOpened><dtGMTClosed />
  <sRequestPassword>itetxb</sRequestPassword><sTitle /><sUserId>12345</sUserId><sFirstName /><sLastName /><sEmail /><sPhone />
  <iLastReplyBy>Ian Landsman</iLastReplyBy><fTrash>0</fTrash><dtGMTTrashed /><fullname> </fullname>`;

const EXAMPLES: Readonly<Record<string, string>> = {
  'private.request.get&xRequest=12745': `${DECLARED}<request>${REQUEST}
    <reportingTags><tag><xReportingTag>29</xReportingTag><sReportingTag>Payment Inquires</sReportingTag></tag></reportingTags>
    <request_history>
      <item><xRequestHistory>1378</xRequestHistory><xRequest>12745</xRequest><xPerson>Ian Landsman</xPerson>
        <dtGMTChange>Tue, September 25, 2007, 11:00 AM</dtGMTChange><fPublic>1</fPublic><fInitial>0</fInitial><tLog />
        <tNote>&lt;p&gt;An HTML note example&lt;/p&gt;</tNote><tEmailHeaders /><fNoteIsHTML>1</fNoteIsHTML>
        <fMergedFromRequest>0</fMergedFromRequest><files><file><sFileMimeType>application/pdf</sFileMimeType>
        <sFilename>Invoice.pdf</sFilename><xDocumentId>60</xDocumentId>
        <public_url>http://www.domain.com/index.php?pg=file&amp;from=3&amp;id=60&amp;reqid=12745&amp;reqhisid=1378</public_url>
        <private_url>http://www.domain.com/admin.php?pg=file&amp;from=0&amp;id=60&amp;showfullsize=1&amp;download=1</private_url>
        </file></files></item>
      <item><xRequestHistory>1377</xRequestHistory><xRequest>12745</xRequest><xPerson>Ian Landsman</xPerson>
        <dtGMTChange>Tue, September 25, 2007, 11:00 AM</dtGMTChange><fPublic>0</fPublic><fInitial>0</fInitial>
        <tLog>Category changed from "" to "Bugs"</tLog><tNote /><tEmailHeaders /><fNoteIsHTML>0</fNoteIsHTML>
        <fMergedFromRequest>0</fMergedFromRequest></item>
      <item><xRequestHistory>1376</xRequestHistory><xRequest>12745</xRequest><xPerson> </xPerson>
        <dtGMTChange>Mon, September 24, 2007, 08:03 PM</dtGMTChange><fPublic>1</fPublic><fInitial>0</fInitial><tLog />
        <tNote>Plain text update to the request.</tNote><tEmailHeaders /><fNoteIsHTML>0</fNoteIsHTML>
        <fMergedFromRequest>0</fMergedFromRequest><files /></item>
      <item><xRequestHistory>1375</xRequestHistory><xRequest>12745</xRequest><xPerson> </xPerson>
        <dtGMTChange>Mon, September 24, 2007, 07:44 PM</dtGMTChange><fPublic>1</fPublic><fInitial>1</fInitial><tLog />
        <tNote>This is the request.</tNote><tEmailHeaders /><fNoteIsHTML>0</fNoteIsHTML>
        <fMergedFromRequest>0</fMergedFromRequest><files /></item>
    </request_history></request>`,
  'private.request.search&sSearch=request': `${DECLARED}<requests><request>${REQUEST}
    <tNote>This is the request.</tNote></request></requests>`,
  'private.request.getChanged&dtGMTChange=1190690000': `${DECLARED}<requests><xRequest>12745</xRequest>
    <xRequest>12745</xRequest></requests>`,
  'private.request.getCategories': `${DECLARED}<categories>
    <category><xCategory>1</xCategory><sCategory>Pre Sales Question</sCategory><sCategoryGroup /><fDeleted>0</fDeleted>
      <fAllowPublicSubmit>1</fAllowPublicSubmit><xPersonDefault>1</xPersonDefault><fAutoAssignTo>0</fAutoAssignTo>
      <sPersonList>
        <person><xPerson>3</xPerson><fullname>Steve Benson</fullname><assigned_requests>0</assigned_requests></person>
        <person><xPerson>4</xPerson><fullname>Tiffany Prince</fullname><assigned_requests>0</assigned_requests></person>
      </sPersonList>
      <sCustomFieldList><xCustomField>2</xCustomField><xCustomField>13</xCustomField></sCustomFieldList>
      <reportingTags><tag><xReportingTag>5</xReportingTag><sReportingTag>Pricing</sReportingTag></tag>
        <tag><xReportingTag>29</xReportingTag><sReportingTag>Payment Inquires</sReportingTag></tag></reportingTags></category>
    <category><xCategory>2</xCategory><sCategory>Bugs</sCategory><sCategoryGroup /><fDeleted>0</fDeleted>
      <fAllowPublicSubmit>0</fAllowPublicSubmit><xPersonDefault>0</xPersonDefault><fAutoAssignTo>0</fAutoAssignTo>
      <sPersonList /><sCustomFieldList /><reportingTags /></category></categories>`,
  'private.request.getStatusTypes': `${DECLARED}<results><status><sStatus>Active</sStatus><xStatus>1</xStatus></status>
    <status><sStatus>Problem Solved</sStatus><xStatus>3</xStatus></status></results>`,
  'private.request.getMailboxes': `${DECLARED}<results><mailbox><xMailbox>3</xMailbox><sReplyName>Test Account</sReplyName>
    <sReplyEmail>systest@userscape.com</sReplyEmail></mailbox></results>`,
  'private.timetracker.search&sUserId=12345&start_time=0': `${DECLARED}<time_events><event><xTimeId>4502</xTimeId>
    <xRequest>12745</xRequest><xPerson>Ian Landsman</xPerson><iSeconds>5400</iSeconds><dtGMTDate>June  9, 2008</dtGMTDate>
    <dtGMTDateAdded>June  9 2008, 11:48 AM</dtGMTDateAdded><tDescription>Fixed 3rd floor network printer</tDescription>
    <sUserId>12345</sUserId><sFirstName /><sLastName /><sEmail /></event></time_events>`,
  'private.request.getTimeEvents&xRequest=12745': `${DECLARED}<time_events><event><xTimeId>4502</xTimeId>
    <xRequest>12745</xRequest><xPerson>Ian Landsman</xPerson><iSeconds>5400</iSeconds><dtGMTDate>June  9, 2008</dtGMTDate>
    <dtGMTDateAdded>Mon, June  9, 2008, 11:48 AM</dtGMTDateAdded><tDescription>Fixed 3rd floor network printer</tDescription>
    </event></time_events>`,
  'private.request.subscriptions&xPerson=1': `${DECLARED}<subscriptions><request><xRequest>46632</xRequest>
    <xSubscriptions>30</xSubscriptions></request></subscriptions>`,
  'private.addressbook.getContacts': `${DECLARED_UTF8}<addressbook><contact><xContact>3</xContact>
    <sFirstName>Jane</sFirstName><sLastName>Doe</sLastName><sEmail>Jane.Doe@example.com</sEmail><sTitle>CEO</sTitle>
    <sDescription>Additional description values</sDescription><fHighlight>1</fHighlight></contact><contact>
    <xContact>2</xContact><sFirstName>John</sFirstName><sLastName>Doe</sLastName><sEmail>John.Doe@example.com</sEmail>
    <sTitle>Director of HR</sTitle><sDescription>Additional description values</sDescription><fHighlight>0</fHighlight>
    </contact></addressbook>`,
  'private.document.get&xDocumentId=60': `${DECLARED_UTF8}<document><xDocumentId>60</xDocumentId>
    <sFilename>Invoice.pdf</sFilename><sFileMimeType>application/pdf</sFileMimeType><sCID /><sBody>JVBERg==</sBody></document>`,
  'private.version': `${DECLARED}<results><version>5.7.6</version><min_version>1.0</min_version></results>`,
  'request.getCategories': `${DECLARED}<categories><category><xCategory>1</xCategory><sCategory>Pre Sales Question</sCategory>
    <sCustomFieldList><xCustomField>2</xCustomField><xCustomField>13</xCustomField></sCustomFieldList></category></categories>`,
};

it.each(Object.keys(EXAMPLES))('%s', async (query) => {
  expect(compact(await answerTo(query))).toBe(compact(EXAMPLES[query] ?? ''));
});

it('private.request.getCustomFields and request.getCustomFields', async () => {
  const data = emptyData();
  addStaff(data, { xPerson: 1 });
  const sAjaxUrl = 'http://www.domain.com/ajax_field_lookup.php';
  const ajax = { fieldName: 'Ajax Lookup', fieldType: 'ajax', isRequired: true, isPublic: false, sAjaxUrl } as const;
  addCustomField(data, { xCustomField: 10, ...ajax });
  const listItems = ['MySQL', 'MS SQL Server', 'PostgreSQL'];
  addCustomField(data, { xCustomField: 2, fieldName: 'Database Type', fieldType: 'select', listItems });
  helpspot.data = data;
  const database = `<listItems><item>MySQL</item><item>MS SQL Server</item><item>PostgreSQL</item></listItems>
    <iDecimalPlaces>0</iDecimalPlaces><sRegex />`;
  const empty = '<iOrder>0</iOrder><sTxtSize /><lrgTextRows />';
  expect(compact(await answerTo('private.request.getCustomFields'))).toBe(
    compact(`${DECLARED}<customfields><field><xCustomField>10</xCustomField><fieldName>Ajax Lookup</fieldName>
      <isRequired>1</isRequired><isPublic>0</isPublic><fieldType>ajax</fieldType>${empty}<listItems />
      <iDecimalPlaces>0</iDecimalPlaces><sRegex /><sAjaxUrl>${sAjaxUrl}</sAjaxUrl><isAlwaysVisible>0</isAlwaysVisible></field>
      <field><xCustomField>2</xCustomField><fieldName>Database Type</fieldName><isRequired>0</isRequired><isPublic>1</isPublic>
      <fieldType>select</fieldType>${empty}${database}<sAjaxUrl /><isAlwaysVisible>0</isAlwaysVisible></field></customfields>`),
  );
  expect(compact(await answerTo('request.getCustomFields'))).toBe(
    compact(`${DECLARED}<customfields><field><xCustomField>2</xCustomField><fieldName>Database Type</fieldName>
      <isRequired>0</isRequired><fieldType>select</fieldType>${empty}${database}<isAlwaysVisible>0</isAlwaysVisible></field>
      </customfields>`),
  );
});
