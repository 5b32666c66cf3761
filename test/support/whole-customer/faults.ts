/** What becomes of one of the systems, what staff read of it, and the end of it. */
import type { WholeSystems } from './systems.ts';

/** One of the systems. */
export type SystemName = 'directory' | 'erp' | 'helpdesk' | 'phone';

/** A way in which a system is away. */
export interface WholeFault {
  readonly name: string;
  /** After the title of the system. */
  readonly words: RegExp;
  /** Makes it so. */
  strike(systems: WholeSystems, name: SystemName): Promise<unknown>;
  /** As it was. */
  end(systems: WholeSystems, name: SystemName): Promise<unknown>;
}

const NO_ANSWER = 'did not answer; try again in a minute';
const tables = {
  erp: ['RENAME TABLE contracts TO moved', 'RENAME TABLE moved TO contracts'],
  phone: [
    'ALTER TABLE calls RENAME TO moved; ALTER TABLE chats RENAME TO gone',
    'ALTER TABLE moved RENAME TO calls; ALTER TABLE gone RENAME TO chats',
  ],
} as const;
let breaking: NodeJS.Timeout | undefined;

/** All of them end in no answer of use. */
export const WHOLE_FAULTS: readonly WholeFault[] = [
  {
    name: 'hangs',
    words: /^ has not answered yet, so what it knows is missing; look again in a moment \(ref \w+\)$/,
    strike: async (systems, name) => systems[name].hang(),
    end: (systems, name) => systems[name].restore(),
  },
  {
    name: 'refuses',
    words: new RegExp(String.raw`^ ${NO_ANSWER} \(ref \w+\)$`),
    strike: (systems, name) => systems[name].cutter.refuse(),
    end: (systems, name) => systems[name].restore(),
  },
  {
    // Tables that are gone, bytes that are no JSON, an answer that breaks off.
    name: 'answers what is wrong',
    words: new RegExp(
      String.raw`^ (?:gave an answer that the gateway does not understand; tell your administrator|refused the search; tell your administrator|${NO_ANSWER}) \(ref \w+\)$`,
    ),
    async strike({ directory, erp, phone, helpdesk }, name) {
      if (name === 'erp') await erp.server.sql(tables.erp[0]);
      if (name === 'phone') await phone.server.sql(tables.phone[0]);
      if (name === 'helpdesk') helpdesk.standIn.faults = Array.from({ length: 100 }, () => 'garbage');
      if (name === 'directory') breaking = setInterval(() => directory.cutter.cutAfter(1), 1);
    },
    async end({ directory, erp, phone, helpdesk }, name) {
      if (name === 'erp') await erp.server.sql(tables.erp[1]);
      if (name === 'phone') await phone.server.sql(tables.phone[1]);
      helpdesk.standIn.faults = [];
      clearInterval(breaking);
      directory.cutter.cutAfter(Number.POSITIVE_INFINITY);
    },
  },
];
