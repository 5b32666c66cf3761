/**
 * JSON of systems that nobody of ours has written: read whole, or refused in words. A number is the text that was sent, since
 * `JSON.parse` rounds what has more digits than a double (RFC 8259, 6), and ids have that.
 */
import { textOfBytes } from '../../helpspot/bytes.ts';
import { excessIn, isBlank, type JsonLimits } from '../../helpspot/json-size.ts';
import { UnreadableRequest, whereIn } from '../../helpspot/pushed-request.ts';

/**
 * An event, a ticket or a call of any system has some hundreds of values, a transcript some thousands; all places of a mapping
 * look through them between two answers to others.
 */
const LIMITS: JsonLimits = { depth: 20, members: 5_000, values: 20_000 };

const EXCESS: Readonly<Record<keyof JsonLimits, string>> = {
  depth: `is nested more than ${LIMITS.depth} deep`,
  members: `has an object or a list of ${LIMITS.members} members or more`,
  values: `holds more than ${LIMITS.values} values`,
};

const ADVICE = 'send one JSON object, without what the mapping does not need';

/**
 * The object in a text. Numbers that a double cannot hold as they are written come as texts.
 * @throws {UnreadableRequest} for what is no object, names a key twice, or is larger than {@link LIMITS}
 */
export function readExactJson(bytes: Buffer): object {
  if (isBlank(bytes)) throw new UnreadableRequest(`Nothing arrived; ${ADVICE}`);
  const excess = excessIn(bytes, LIMITS);
  if (excess !== undefined) throw new UnreadableRequest(`What arrived ${EXCESS[excess]}; ${ADVICE}`);
  const sent = textOfBytes(bytes);
  const text = sent.startsWith('\ufeff') ? sent.slice(1) : sent;
  const plain = parsed(text);
  if (Array.isArray(plain)) throw new UnreadableRequest(`What arrived is a list; ${ADVICE}`);
  if (typeof plain !== 'object' || plain === null) {
    throw new UnreadableRequest(`What arrived is a single value; ${ADVICE}`);
  }
  const { exact, members } = withExactNumbers(text);
  // Which of the two is meant nobody can say: RFC 8259, 4.
  if (members !== membersOf(plain)) {
    throw new UnreadableRequest('What arrived has the same key twice in one object; send each key once');
  }
  return exact === text ? plain : Object(parsed(exact));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableRequest(`What arrived is no JSON${whereIn(error)}; ${ADVICE}`);
  }
}

function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inside = Object.values(value).reduce((sum: number, item: unknown) => sum + membersOf(item), 0);
  return inside + (Array.isArray(value) ? 0 : Object.keys(value).length);
}

/** What a number of JSON is written with, and what it may begin with. */
const OF_NUMBER = /[-+.\deE]*/y;
const BEGINS_NUMBER = /[-\d]/;

/**
 * Valid JSON with its inexact numbers in quotes, and how many members its objects have as they are written. One pass.
 * Of what is no JSON it may make some: parse that first.
 */
export function withExactNumbers(json: string): { readonly exact: string; readonly members: number } {
  const parts: string[] = [];
  let [members, copied] = [0, 0];
  for (let at = 0; at < json.length; at += 1) {
    const sign = json[at] ?? '';
    if (sign === '"') {
      at = endOfText(json, at);
    } else if (sign === ':') {
      members += 1;
    } else if (BEGINS_NUMBER.test(sign)) {
      OF_NUMBER.lastIndex = at;
      const number = OF_NUMBER.exec(json)?.[0] ?? sign;
      if (String(Number(number)) !== number) {
        parts.push(json.slice(copied, at), `"${number}"`);
        copied = at + number.length;
      }
      at += number.length - 1;
    }
  }
  return { exact: parts.join('') + json.slice(copied), members };
}

/** The place of the quote that ends a text. */
function endOfText(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}
