/** What both APIs of the stand-in know. */

/** A task of the current API, or a ticket of the classic one. */
export interface MadeTask {
  readonly id: number;
  /** Its number within the project. */
  readonly number: number;
  readonly project: number;
  readonly name: string;
  readonly body: string;
  readonly assignee: number;
  readonly list: number;
  readonly labels: readonly string[];
  readonly isImportant: boolean;
  readonly due: string | null;
  isCompleted: boolean;
  isTrashed: boolean;
  readonly comments: MadeComment[];
  readonly files: { readonly name: string; readonly url: string | undefined }[];
}

/** A comment at a task. */
export interface MadeComment {
  /** Of a user. */
  readonly by: number;
  /** Seconds since 1970. */
  readonly at: number;
  /** HTML. */
  readonly body: string;
}

/** What is given for a new one. */
export type NewTask = Omit<MadeTask, 'id' | 'number' | 'isCompleted' | 'isTrashed' | 'comments' | 'files'>;

/** One installation. */
export class House {
  readonly tasks: MadeTask[] = [];
  readonly projects = new Map([
    [7, 'Support'],
    [8, 'Sales & "More"'],
  ]);
  readonly users = [
    { id: 1, email: 'owner@example.com', name: 'Ann Owner' },
    { id: 9, email: 'jane@example.com', name: 'Jane Smith' },
    { id: 10, email: 'jane.smith@example.org', name: 'Jane Twin' },
  ];
  /** Of project 7. */
  readonly lists = [
    { id: 3, name: 'Development' },
    { id: 4, name: 'Inbox' },
  ];
  readonly token: string;
  readonly account: { readonly email: string; readonly password: string };
  readonly listsWithoutTexts: boolean;
  /** A task comes with the number of its comments only. */
  countsComments = false;
  readonly #issued = new Set<string>();
  issues = 0;

  constructor(token: string, account: House['account'], listsWithoutTexts: boolean) {
    this.token = token;
    this.account = account;
    this.listsWithoutTexts = listsWithoutTexts;
  }

  /** Whether a token is good. */
  knows(token: string | undefined): boolean {
    return token === this.token || this.#issued.has(token ?? '');
  }

  issue(): string {
    this.issues += 1;
    const token = `9-issued0${this.issues}0for0the0gateway`;
    this.#issued.add(token);
    return token;
  }

  /** An administrator ends every API subscription. */
  revokeTokens(): void {
    this.#issued.clear();
  }

  add(task: NewTask): MadeTask {
    const number = 1 + this.tasks.filter(({ project }) => project === task.project).length;
    const made = {
      ...task,
      id: 21 + this.tasks.length,
      number,
      isCompleted: false,
      isTrashed: false,
      comments: [],
      files: [],
    };
    this.tasks.push(made);
    return made;
  }

  /** So many tasks that are not ours. */
  fill(count: number, project = 7): void {
    const task = { project, assignee: 0, list: 3, labels: [], isImportant: false, due: null };
    for (let index = 0; index < count; index += 1)
      this.add({ ...task, name: `Task ${index}`, body: `<p>Text ${index}</p>` });
  }
}
