/** The rules of the stand-in: who may do what, and the cases. */

/** A command with its arguments as text, whatever the language. */
export interface Call {
  readonly cmd: string;
  readonly token: string | undefined;
  readonly cols: readonly string[];
  readonly params: Readonly<Record<string, string>>;
  readonly files: readonly CaseFile[];
}

/** A file as it came. */
export interface CaseFile {
  readonly part: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** A case. Columns by FogBugz's names. */
export interface MadeCase {
  readonly id: number;
  readonly columns: Record<string, string>;
  readonly tags: readonly string[];
  readonly events: string[];
  /** What people did after the opening, by FogBugz's names. */
  readonly history: HistoryEvent[];
  readonly files: readonly CaseFile[];
}

/** Something that somebody did to a case. */
export interface HistoryEvent {
  readonly sVerb: string;
  readonly sPerson: string;
  /** ISO 8601 */
  readonly dt: string;
  readonly s: string;
  readonly rgAttachments: readonly { readonly sFileName: string; readonly sURL: string }[];
}

/** An error of FogBugz; the numbers end http://help.fogcreek.com/8202/xml-api. */
export interface FogBugzFailure {
  readonly code: string;
  readonly message: string;
  readonly people?: readonly string[];
}

/** What a command gives. */
export interface Outcome {
  readonly token?: string;
  readonly cases?: readonly MadeCase[];
  /** A single case, as `new` and `listScoutCase` give it. */
  readonly single?: MadeCase;
  readonly projects?: readonly Project[];
}

interface Project {
  readonly id: number;
  readonly name: string;
  writable: boolean;
}

const PRIORITIES = ['Must fix', 'Should fix', 'Fix if time', "Don't fix"];
const CATEGORIES = ['Bug', 'Feature', 'Inquiry'];
const NAMED: Readonly<Record<string, string>> = { sArea: 'Misc', sFixFor: 'Undecided' };

/** One installation. */
export class Desk {
  readonly cases: MadeCase[] = [];
  readonly projects: Project[] = [
    { id: 1, name: 'Inbox', writable: true },
    { id: 12, name: 'Support & Sales', writable: true },
    { id: 13, name: 'Secret', writable: false },
  ];
  readonly people = [
    { id: 2, name: 'Jane Smith' },
    { id: 5, name: "Conan O'Brien" },
  ];
  /** Full names that the account's e-mail address could mean; more than one makes it ambiguous. */
  accounts: readonly string[] = ['Gateway'];
  readonly #fixed: string;
  readonly #login: { readonly email: string; readonly password: string };
  readonly #tokens = new Set<string>();
  #logons = 0;

  constructor(token: string, login: { readonly email: string; readonly password: string }) {
    this.#fixed = token;
    this.#login = login;
  }

  /** How often somebody logged on with a password. */
  get logons(): number {
    return this.#logons;
  }

  /** Logons that have not been ended. */
  get openLogons(): number {
    return this.#tokens.size;
  }

  /** Ends every logon, as an administrator or a restart does. */
  forgetLogons(): void {
    this.#tokens.clear();
  }

  do(call: Call): Outcome | FogBugzFailure {
    if (call.cmd === 'logon') return this.#logOn(call.params);
    if (call.token !== this.#fixed && !this.#tokens.has(call.token ?? '')) {
      return { code: '3', message: 'Not logged on' };
    }
    if (call.cmd === 'logoff') return this.#logOff(call.token);
    if (call.cmd === 'listProjects') return { projects: this.#writable(call.params['fWrite'] === '1') };
    if (call.cmd === 'new') return this.#make(call);
    if (call.cmd === 'search')
      return { cases: this.#search(call.params['q'] ?? '').slice(0, Number(call.params['max'] ?? 100)) };
    if (call.cmd === 'listScoutCase') return this.#scout(call.params['sScoutDescription']);
    return { code: '4', message: `Unknown command ${call.cmd}` };
  }

  /** "Logging on" */
  #logOn({ email, password }: Readonly<Record<string, string>>): Outcome | FogBugzFailure {
    const isFullName = this.accounts.includes(email ?? '');
    const isKnown = isFullName || email === this.#login.email;
    if (!isKnown || password !== this.#login.password) return { code: '1', message: 'Incorrect password or username' };
    if (!isFullName && this.accounts.length > 1)
      return { code: '2', message: 'Ambiguous Logon', people: this.accounts };
    this.#logons += 1;
    const token = `logon-${this.#logons}-of-the-gateway`;
    this.#tokens.add(token);
    return { token };
  }

  /** "Logging off": the token is no good any more. */
  #logOff(token: string | undefined): Outcome {
    if (token === this.#fixed) throw new Error('a token that staff made was logged off');
    this.#tokens.delete(token ?? '');
    return {};
  }

  #writable(only: boolean): readonly Project[] {
    return this.projects.filter(({ writable }) => writable || !only);
  }

  /** "Editing cases", https://support.fogbugz.com/article/55748-fogbugz-xml-api-editing-cases */
  #make({ params, files }: Call): Outcome | FogBugzFailure {
    const writable = this.#writable(true);
    const { sTitle, sEvent = '', sTags = '', sScoutDescription, nFileCount: _count, ...rest } = params;
    // "If the user does not have Modify permission, the case will be opened in the first project on which he has."
    const project =
      writable.find(({ id, name }) => String(id) === rest['ixProject'] || name === rest['sProject']) ?? writable[0];
    if (project === undefined) return { code: '13', message: 'Insufficient permissions' };
    // "BugzScout": another report with the same description is counted with the first.
    const same = this.cases.find(
      ({ columns }) => sScoutDescription !== undefined && columns['sScoutDescription'] === sScoutDescription,
    );
    if (same !== undefined) {
      same.events.push(sEvent);
      return { single: same };
    }
    const person = this.#person(rest);
    if (person === undefined) return { code: '18', message: 'No such user' };
    if (rest['dtDue'] !== undefined && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(rest['dtDue'])) {
      return { code: '10', message: 'dtDue is not a UTC date' };
    }
    const made: MadeCase = {
      id: 101 + this.cases.length,
      columns: {
        ...NAMED,
        ...rest,
        sTitle: sTitle || '(No Title)',
        ixProject: String(project.id),
        sProject: project.name,
        sPersonAssignedTo: person,
        sPriority: nameFrom(PRIORITIES, rest['ixPriority'], rest['sPriority'], 2),
        sCategory: nameFrom(CATEGORIES, rest['ixCategory'], rest['sCategory'], 0),
        sStatus: 'Active',
        fOpen: 'true',
        sLatestTextSummary: Array.from(sEvent).slice(0, 60).join(''),
        ...(sScoutDescription === undefined ? {} : { sScoutDescription }),
      },
      tags: sTags === '' ? [] : sTags.split(','),
      events: [sEvent],
      history: [],
      files,
    };
    this.cases.push(made);
    return { single: made };
  }

  #person({ ixPersonAssignedTo, sPersonAssignedTo }: Readonly<Record<string, string>>): string | undefined {
    if (ixPersonAssignedTo === undefined && sPersonAssignedTo === undefined) return 'Jane Smith';
    return this.people.find(({ id, name }) => String(id) === ixPersonAssignedTo || name === sPersonAssignedTo)?.name;
  }

  /** "Listing and viewing cases": a number, numbers with commas, or a search with axes such as tag:"…". */
  #search(q: string): readonly MadeCase[] {
    if (/^[\d,]+$/.test(q)) return this.cases.filter(({ id }) => q.split(',').includes(String(id)));
    const tag = /^tag:"([^"]*)"$/.exec(q)?.[1]?.toLowerCase();
    // The search takes parts of a tag too.
    return this.cases.filter(({ tags }) => tag !== undefined && tags.some((one) => one.toLowerCase().startsWith(tag)));
  }

  /** "BugzScout" */
  #scout(description: string | undefined): Outcome | FogBugzFailure {
    if (description === undefined) return { code: '4', message: 'Argument is missing: sScoutDescription' };
    const found = this.cases.find(({ columns }) => columns['sScoutDescription'] === description);
    return found === undefined ? { code: '5', message: 'No case has this description' } : { single: found };
  }
}

function nameFrom(names: readonly string[], id: string | undefined, name: string | undefined, preset: number): string {
  return names[Number(id) - 1] ?? names.find((one) => one === name) ?? names[preset] ?? '';
}
