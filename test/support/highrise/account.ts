/** The rules of the stand-in: who is in the account, what is found, what is refused. */

/** A value with the place that it belongs to: Work, Home … */
export interface Located {
  readonly value: string;
  readonly location: string;
}

/** A person of the account. */
export interface StoredPerson {
  readonly id: number;
  firstName: string;
  lastName: string;
  title: string;
  background: string;
  companyId: number | undefined;
  emails: readonly Located[];
  phones: readonly Located[];
  address: Readonly<Record<'street' | 'city' | 'state' | 'zip' | 'country', string>> | undefined;
  /** Ids. */
  readonly tags: Set<number>;
  /** Id of a custom field → value. */
  readonly custom: Map<number, string>;
  visibleTo: string;
  groupId: number | undefined;
  readonly created: Date;
  updated: Date;
  /** Whether the search knows the person. */
  indexed: boolean;
}

/** A note. */
export interface StoredNote {
  readonly id: number;
  readonly personId: number;
  body: string;
  readonly visibleTo: string;
  readonly groupId: number | undefined;
  readonly created: Date;
  updated: Date;
  readonly files: { readonly url: string; readonly name: string }[];
}

/** What a new person is made of; everything may be left out. */
export interface PersonParts {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly title?: string;
  readonly background?: string;
  readonly company?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly emails?: readonly Located[];
  readonly phones?: readonly Located[];
  readonly address?: StoredPerson['address'];
  readonly tags?: readonly string[];
  readonly custom?: Readonly<Record<string, string>>;
  readonly visibleTo?: string;
  readonly groupId?: number | undefined;
}

/** What is refused with a 422, in Highrise's words. */
export class Invalid extends Error {
  readonly errors: readonly string[];
  constructor(...errors: readonly string[]) {
    super(errors.join(', '));
    this.errors = errors;
  }
}

/** An account of Highrise. */
export class Account {
  readonly people: StoredPerson[] = [];
  readonly notes: StoredNote[] = [];
  /** What was deleted, the longest ago first. */
  readonly deletions: { readonly type: 'Person' | 'Company' | 'Note'; readonly id: number; readonly at: Date }[] = [];
  readonly companies = new Map<number, string>();
  readonly tags = new Map<number, string>();
  readonly fields = new Map<number, string>([
    [1, 'Sales Region'],
    [2, 'Account Manager'],
  ]);
  readonly groups = new Set([7]);
  /** "If the account doesn’t allow for more people to be created": then a 507. */
  isFull = false;
  /** New people are found only after {@link index}. */
  searchLags = false;
  /** Whether a telephone number is found by a part of it, or only as a whole. */
  phoneSearch: 'part' | 'whole' = 'whole';
  /** In which order notes are given without `since`: no page says it. */
  notesOrder: 'newest first' | 'oldest first' = 'newest first';
  #ids = 100;

  /** Puts somebody into the account, as staff do. */
  add(parts: PersonParts): StoredPerson {
    const { firstName = '', visibleTo = 'Everyone', groupId } = parts;
    this.refuseVisibility(visibleTo, groupId);
    const now = new Date();
    const person: StoredPerson = {
      ...{ id: this.nextId(), firstName, lastName: parts.lastName ?? '', title: parts.title ?? '' },
      background: parts.background ?? '',
      companyId: parts.company === undefined || parts.company === '' ? undefined : this.companyId(parts.company),
      emails: parts.emails ?? locatedAt('Work', parts.email),
      phones: parts.phones ?? locatedAt('Work', parts.phone),
      address: parts.address,
      tags: new Set((parts.tags ?? []).map((name) => this.tagId(name))),
      custom: new Map(),
      ...{ visibleTo, groupId, created: now, updated: now, indexed: !this.searchLags },
    };
    for (const [label, value] of Object.entries(parts.custom ?? {})) {
      person.custom.set(idOf(this.fields, label) ?? this.nextId(), value);
    }
    this.people.push(person);
    return person;
  }

  /** Deletes somebody, as staff do. */
  remove(id: number): void {
    const at = this.people.findIndex((person) => person.id === id);
    if (at === -1) throw new Error(`there is no person ${id}`);
    this.people.splice(at, 1);
    this.deletions.push({ type: 'Person', id, at: new Date() });
  }

  addNote(personId: number, body: string, visibleTo = 'Everyone', groupId?: number): StoredNote {
    if (body.trim() === '') throw new Invalid("Body can't be blank");
    this.refuseVisibility(visibleTo, groupId);
    const now = new Date();
    const note = { id: this.nextId(), personId, body, visibleTo, groupId, created: now, updated: now, files: [] };
    this.notes.push(note);
    return note;
  }

  /** The search has caught up. */
  index(): void {
    for (const person of this.people) person.indexed = true;
  }

  byId(id: number): StoredPerson | undefined {
    return this.people.find((person) => person.id === id);
  }

  companyOf({ companyId }: StoredPerson): string | undefined {
    return companyId === undefined ? undefined : this.companies.get(companyId);
  }

  /** "a name matching the term": taken as a part of it, in any case. */
  named(term: string): readonly StoredPerson[] {
    return this.people.filter((one) => one.indexed && holds(`${one.firstName} ${one.lastName}`, term));
  }

  /** "Combine criteria to narrow results." */
  meeting(criteria: Readonly<Record<string, string>>): readonly StoredPerson[] {
    return this.people.filter(
      (one) => one.indexed && Object.entries(criteria).every(([name, value]) => this.#meets(one, name, value)),
    );
  }

  /** "either lookup a company with that name or create a new one if it didn’t already exist" */
  companyId(name: string): number {
    const id = idOf(this.companies, name) ?? this.nextId();
    this.companies.set(id, this.companies.get(id) ?? name);
    return id;
  }

  tagId(name: string): number {
    const id = idOf(this.tags, name) ?? this.nextId();
    this.tags.set(id, this.tags.get(id) ?? name);
    return id;
  }

  nextId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  refuseVisibility(visibleTo: string, groupId: number | undefined): void {
    if (!['Everyone', 'Owner', 'NamedGroup'].includes(visibleTo)) {
      throw new Invalid('Visible to is not included in the list');
    }
    if (visibleTo === 'NamedGroup' && (groupId === undefined || !this.groups.has(groupId))) {
      throw new Invalid("Group can't be blank");
    }
  }

  #meets(person: StoredPerson, name: string, value: string): boolean {
    if (name === 'email') return person.emails.some((email) => holds(email.value, value));
    if (name === 'phone') {
      return person.phones.some((phone) =>
        this.phoneSearch === 'part' ? phone.value.includes(value) : phone.value === value,
      );
    }
    if (name === 'city' || name === 'state' || name === 'zip' || name === 'country') {
      return holds(person.address?.[name] ?? '', value);
    }
    const labels = Array.from(this.fields).filter(([, label]) => label.toLowerCase().replaceAll(' ', '_') === name);
    return labels.some(([id]) => holds(person.custom.get(id) ?? '', value));
  }
}

function locatedAt(location: string, value: string | undefined): readonly Located[] {
  return value === undefined || value === '' ? [] : [{ value, location }];
}

function holds(text: string, part: string): boolean {
  return part !== '' && text.toLowerCase().includes(part.toLowerCase());
}

function idOf(names: ReadonlyMap<number, string>, name: string): number | undefined {
  return Array.from(names).find(([, other]) => other.toLowerCase() === name.toLowerCase())?.[0];
}
