/** Numbers as people and systems write them: `12.5`, `12.50`, `.5`, `0012.5`, `1e25`. By their digits, since a JavaScript number has 16 of them. */
import { endWithout } from './email-address.ts';

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?$/;
const EXPONENT = /^([+-]?)(\d+)(?:\.(\d*))?e([+-]?\d{1,3})$/i;
/** Of a number with so many digits nobody has another spelling. */
const LONGEST = 400;

/** The shortest form of a number: `007`, `7.00` and `+7` are `7`, `.5` is `0.5`, `1e3` is `1000`. Undefined for what is no number. */
export function amountOf(text: string): string | undefined {
  const trimmed = text.trim();
  const power = trimmed.length > LONGEST ? null : EXPONENT.exec(trimmed);
  if (power !== null) return powerOf(power);
  const parts = /\d/.test(trimmed) ? DECIMAL.exec(trimmed) : null;
  return parts === null ? undefined : shortest(parts[1] ?? '', parts[2] ?? '', parts[3] ?? '');
}

function powerOf([, sign = '', whole = '', fraction = '', exponent = '']: RegExpExecArray): string | undefined {
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (Math.abs(point) > LONGEST) return undefined;
  if (point <= 0) return shortest(sign, '', '0'.repeat(-point) + digits);
  return shortest(sign, digits.slice(0, point).padEnd(point, '0'), digits.slice(point));
}

function shortest(sign: string, digits: string, fraction: string): string {
  const whole = digits.replace(/^0+(?=\d)/, '') || '0';
  const end = endWithout(fraction, '0');
  const amount = end === 0 ? whole : `${whole}.${fraction.slice(0, end)}`;
  return sign === '-' && amount !== '0' ? `-${amount}` : amount;
}

/** Without zeros in front, which count in what is no amount: `007`, and without `+`, which begins a telephone number. */
const PLAIN_AMOUNT = /^-?(?:0|[1-9]\d*)?(?:\.\d+)?$/;
const FIRST_OF_AMOUNT = /^\s*[-.\d]/;

/** The shortest form of a text that is plainly a decimal number: `12.50` is `12.5`, `.5` is `0.5`. Undefined for any other: `007`, `1e3`, `12.`. */
export function plainAmountOf(text: string): string | undefined {
  if (!FIRST_OF_AMOUNT.test(text)) return undefined;
  const trimmed = text.trim();
  return PLAIN_AMOUNT.test(trimmed) ? amountOf(trimmed) : undefined;
}

/** How a system that compares texts may hold a number, given in its shortest form: `12.5`, `12.50`; `100`, `100.00`, `100.0`; `0.5`, `.5`. */
export function amountSpellings(amount: string): readonly string[] {
  const [whole = '', fraction = ''] = amount.split('.');
  const decimals = [2, 1, 3, 4].filter((count) => count > fraction.length);
  const padded = decimals.map((count) => `${whole}.${fraction.padEnd(count, '0')}`);
  const all = [amount, ...padded];
  // Systems that leave the zero out.
  return /^-?0\.[^0]/.test(amount) ? [...all, ...all.map((one) => one.replace('0.', '.'))] : all;
}
