/** What does not go together in `ajax.NAME:` where two steps and names are meant. */
import { placesOf } from '../../contract/index.ts';
import { viaField } from '../../gateway/ajax/where.ts';
import { isPlainMap } from '../tree.ts';

/** A part of the section, and what is wrong with it. */
interface Slip {
  readonly path: readonly string[];
  readonly message: string;
}

/** The section as it is written: parts of it may be anything. */
type Written = {
  readonly [Key in 'source' | 'via' | 'where' | 'value' | 'description' | 'group' | 'name' | 'order']?: unknown;
};

/** Conditions that take of a record which nobody asks for, and a record of which nobody takes. */
export function viaSlips({ source, via, where, value, description, group }: Written): readonly Slip[] {
  const conditions = conditionsOf(where, ['where']);
  if (via === undefined) {
    return conditions.flatMap(({ path, text }): Slip[] => {
      const place = viaPlaces(text)[0];
      if (place === undefined) return [];
      const message = `takes {{${place}}}, and there is no via; write via: { source: crm, where: { email: "{{sEmail}}" } }`;
      return [{ path, message }];
    });
  }
  const slips = conditions.flatMap(({ path, text }) => misspelled(path, text));
  const isUsed = conditions.some(({ text }) => placesOf(text).some((place) => viaField(place) !== undefined));
  if (!isUsed && slips.length === 0) {
    const message =
      'does nothing: no condition takes a field of what it finds; write where: { customer_id: "{{via.customer_id}}" }, or remove it';
    slips.push({ path: ['via'], message });
  }
  const first = isPlainMap(via) ? conditionsOf(via['where'], ['via', 'where']) : [];
  for (const { path, text } of first) {
    const place = viaPlaces(text)[0];
    if (place === undefined) continue;
    const message = `is asked before there is a {{${place}}}; write a parameter of HelpSpot: "{{sEmail}}"`;
    slips.push({ path, message });
  }
  for (const [key, written] of Object.entries({ value, description, group })) {
    const place = textsIn(written).flatMap(viaPlaces)[0];
    if (place === undefined) continue;
    const of = typeof source === 'string' ? source : 'the source';
    slips.push({
      path: [key],
      message: `takes fields of ${of} only; {{${place}}} is filled in where it stands in where`,
    });
  }
  return slips;
}

/** Names that are shown nowhere. */
export function nameSlips({ name, description, group, order }: Written): readonly Slip[] {
  if (!isPlainMap(name)) return [];
  const shown = new Set([...[description, group].flatMap(textsIn).flatMap(placesOf), ...sortedBy(order)]);
  return Object.keys(name)
    .filter((field) => !shown.has(field))
    .map((field) => {
      const message = `is shown nowhere; write {{${field}}} in description or group, or remove it (value keeps the id)`;
      return { path: ['name', field], message };
    });
}

function conditionsOf(where: unknown, path: readonly string[]): readonly { path: readonly string[]; text: string }[] {
  if (!isPlainMap(where)) return [];
  return Object.entries(where).flatMap(([field, written]) => {
    if (typeof written === 'string') return [{ path: [...path, field], text: written }];
    const value = isPlainMap(written) ? written['value'] : undefined;
    return typeof value === 'string' ? [{ path: [...path, field, 'value'], text: value }] : [];
  });
}

/** In any capitals: what else could be meant? */
function viaPlaces(text: string): readonly string[] {
  return placesOf(text).filter((place) => /^via(?:\.|$)/i.test(place));
}

function misspelled(path: readonly string[], text: string): Slip[] {
  if (/^via\.\S+$/.test(text)) return [{ path, message: `is a place, not its value; write "{{${text}}}"` }];
  return viaPlaces(text).flatMap((place): Slip[] => {
    const field = viaField(place);
    if (field !== undefined && field !== '') return [];
    const better = /^via\.(.+)$/i.exec(place)?.[1] ?? 'customer_id';
    return [{ path, message: `{{${place}}} names no field of what via finds; write {{via.${better}}}` }];
  });
}

/** A template, or those of a drill-down value. */
function textsIn(written: unknown): readonly string[] {
  if (typeof written === 'string') return [written];
  const levels = isPlainMap(written) ? written['drillDown'] : undefined;
  return Array.isArray(levels) ? levels.filter((level) => typeof level === 'string') : [];
}

function sortedBy(order: unknown): readonly string[] {
  return (Array.isArray(order) ? order : [order]).flatMap((entry) => {
    if (typeof entry === 'string') return [entry];
    return isPlainMap(entry) ? Object.keys(entry) : [];
  });
}
