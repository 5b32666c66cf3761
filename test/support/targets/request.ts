/** The request of the manual (chapter 2.2), with everything in it that may do harm where it is pushed to. */
import { MANUAL_REQUEST } from '../../helpspot/pushed-examples.ts';

/** Typed by a customer; HelpSpot keeps it as it is. */
const TITLE =
  'Zoë\'s "printer" <script>alert(1)</script> & Co. 🖨️ ##hs_category:6## {{sEmail}}\r\nBcc: everyone@example.com';
const COMMENT =
  "Look: <img src=x onerror=alert(2)> ]]> '; DROP TABLE tickets; --\r\n.\r\n##hs_assigned_to:1## 🚒 @all #12\n{code} [~admin] !x.png! *b* `c` [x](javascript&#58;y)";
const NOTE =
  '<style>p { display: none }</style><p onclick="alert(3)">It <b>burns</b> &amp; smokes 🔥 &lt;b&gt;</p>' +
  '<script>alert("hidden")</script><p><a href="javascript:alert(4)">Click</a>, or ' +
  '<a href="https://example.com/?a=1&amp;b=2">read</a></p>';
const FILE = "icon '1' & ü [2].jpg";
/** Its content, for systems that take files. */
const PICTURE = 'not really a picture\n--boundary';
/** Only staff of the help desk may read it. */
const PRIVATE = 'Between us: the customer owes us money';

/** The array as HelpSpot hands it to PHP. */
export const NASTY_REQUEST = {
  ...MANUAL_REQUEST,
  sTitle: TITLE,
  staff_comment: COMMENT,
  Custom5: 'Building 743',
  request_history: {
    236: {
      ...MANUAL_REQUEST.request_history[236],
      ...{ xPerson: 0, fPublic: 1, fInitial: 1, fNoteIsHTML: 1, tNote: NOTE },
      file: [
        {
          ...{ sFileMimeType: 'image/jpeg', sFilename: FILE, xDocumentId: 59 },
          sBody: Buffer.from(PICTURE).toString('base64'),
          public_url: 'http://www.site.com/index.php?pg=file&id=59',
          private_url: 'http://www.site.com/admin.php?pg=file&id=59',
        },
      ],
    },
    237: { ...MANUAL_REQUEST.request_history[236], xRequestHistory: 237, tNote: PRIVATE, file: [] },
    238: {
      ...MANUAL_REQUEST.request_history[236],
      ...{ xRequestHistory: 238, fPublic: 1, tNote: 'A public answer', file: [] },
    },
  },
};

/** Another request of the same customer. */
export function anotherRequest(number: number): object {
  return { ...NASTY_REQUEST, xRequest: 20_000 + number };
}

/** The title on one line, as people must see it. */
export const WANTED_TITLE =
  'Zoë\'s "printer" <script>alert(1)</script> & Co. 🖨️ ##hs_category:6## {{sEmail}} Bcc: everyone@example.com';

/** Texts of the body as people must see them, whatever language the system writes them in. White space does not count. */
export const WANTED_TEXTS: readonly string[] = [
  "Look: <img src=x onerror=alert(2)> ]]> '; DROP TABLE tickets; -- . ##hs_assigned_to:1## 🚒 @all #12",
  '{code} [~admin] !x.png! *b* `c` [x](javascript&#58;y)',
  'It burns & smokes 🔥 <b>',
  'Click, or read',
];

/** The attachment: its name in the text, or the file itself. */
export const WANTED_FILE = { name: FILE, content: PICTURE };

/** The address of the request in HelpSpot. */
export const WANTED_LINK = 'https://help.example.com/admin?pg=request&reqid=12400';

/** What must not arrive anywhere: what a reader of the note does not see, what runs, and what is not for others. */
export const UNWANTED: readonly string[] = ['alert("hidden")', 'display: none', 'javascript:', 'onclick', PRIVATE];

/** Of the customer's; nothing of this belongs into a log. */
export const CUSTOMERS_WORDS: readonly string[] = ['DROP TABLE', 'It burns', 'everyone@example.com', PRIVATE];

/** How texts are compared: lines may be broken anywhere, and what keeps mentions apart is not seen. */
export function squeezed(text: string): string {
  return text.replaceAll('\u200b', '').replace(/\s+/g, ' ').trim();
}
