/** Texts for and from other systems. The door of this room. */
export { outsideAddress, parsedAddress } from '../../helpspot/address.ts';
export { textOfBytes, textOfTable } from '../../helpspot/bytes.ts';
export { ageWords } from '../../helpspot/details-html.ts';
export { escapeHtml, unescapeHtml } from '../../helpspot/html.ts';
export { roughText } from '../../helpspot/rough-text.ts';
export { ago, clock, localTime, soon } from './clock.ts';
export { counted } from './counted.ts';
export {
  ATTACHMENTS,
  type AttachedFile,
  commentRows,
  fileRows,
  moreRows,
  NEWEST_COMMENTS,
  type SaidComment,
} from './details-rows.ts';
export { decodedText } from './encoded.ts';
export { codeOf, messageOf, quotedWords } from './errors.ts';
export { dateIn, someOf, textIn } from './given.ts';
export { inPhoneFormats } from './phone-formats.ts';
export { canBeHeld, namesIn, plainText } from './plain-text.ts';
export { shortLine, shortText } from './shortened.ts';
export { type ThingWords, thingIn } from './thing-words.ts';
export { trimmed, trimmedEnd } from './trimmed.ts';
export { UnknownFields } from './unknown-fields.ts';
export { isLegalInXml, legalInXml } from './xml-characters.ts';
