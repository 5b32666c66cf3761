/** Templates over a record: which values they need, and how much of them there is room for. */
import { describe, expect, it } from 'vitest';
import type { SourceRecord } from '../../../src/contract/index.ts';
import { drillDownValue, fillOrNothing, fillPlain, linkContent } from '../../../src/gateway/lookup/templates.ts';
import type { Content } from '../../../src/helpspot/answer.ts';
import { answerLimits } from '../../../src/helpspot/answer-limits.ts';

const text = (words: string): Content => ({ kind: 'text', text: words });

describe('a template', () => {
  it.each<[string, SourceRecord, string | undefined]>([
    [' {{a}} {{b}} ', { a: 'x' }, 'x'],
    ['{{a}}{{b}}', { a: '' }, undefined],
    [' constant ', {}, 'constant'],
    ['{{a}}', { a: new Date('2026-03-01T00:00:00Z') }, '2026-03-01'],
    ['{{a}}', { a: new Date('2026-03-01T10:00:00Z') }, '2026-03-01T10:00:00.000Z'],
    ['{{a}}', { a: '2026-03-01T00:00:00.000Z' }, '2026-03-01T00:00:00.000Z'],
  ])('%j over %j is %j', (template, record, wanted) => {
    expect(fillPlain(template, record)).toBe(wanted);
  });

  it('has so many characters of values and no more, the first ones first', () => {
    const filled = (limit: number) => fillPlain('{{a}}-{{b}}', { a: 'abc', b: 'def' }, limit);
    expect(filled(6)).toBe('abc-def');
    expect(filled(5)).toBe('abc-de… [cut: 1 characters more]');
    expect(filled(2)).toBe('ab… [cut: 1 characters more]-… [cut: 3 characters more]');
    expect(fillOrNothing(' {{a}} ', { a: '<' }, (one) => `(${one})`)).toBe(' (<) ');
  });

  it('of a link has no half address, none that is too long, and no empty words', () => {
    const link = (href: string, words: string, record: SourceRecord) => linkContent({ href, text: words }, record);
    expect(link('https://a.example/{{id}}/{{x}}', 'Open', { id: '1' })).toBeUndefined();
    expect(link('https://a.example/', '{{n}}', {})).toEqual({
      ...{ kind: 'link', href: 'https://a.example/', text: 'https://a.example/' },
    });
    const long = 'x'.repeat(answerLimits.address);
    expect(link('{{u}}', 'Open', { u: long })).toEqual({ kind: 'link', href: long, text: 'Open' });
    const words = '(the address of this link is too long)';
    expect(link('{{u}}', 'Open', { u: `${long}x` })).toEqual(text(`Open ${words}`));
    expect(link('{{u}}', '', { u: 'a… [cut: 9 characters more]' })).toEqual(text(words));
    expect(link('{{u}}?q={{u}}', 'Open', { u: 'a b' })).toEqual({ kind: 'link', href: 'a b?q=a%20b', text: 'Open' });
  });

  it('of the levels of a drill-down field ends before the first that is empty', () => {
    const levels = ['{{a}}', '{{b}}', '{{c}}'];
    expect(drillDownValue(levels, { a: '1', b: '2', c: '3' })).toBe('1#-#2#-#3');
    expect(drillDownValue(levels, { a: '1', c: '3' })).toBe('1');
    expect(drillDownValue(levels, { b: '2' })).toBe('');
    expect(drillDownValue(levels, { a: 'abc' }, 2)).toBe('ab… [cut: 1 characters more]');
  });
});
