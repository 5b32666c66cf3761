/** What web adapters share: sign-in, paths into answers, templates of requests. The door of this room. */
export { type Auth, openAuth } from './auth.ts';
export { type AuthSetting, authSetting } from './auth-settings.ts';
export { type Data, listAt, textAt, textOfData, valueAt } from './data.ts';
export { type Form, type FormReader, type Forms, fieldsOfForms, filled, formsReader } from './forms.ts';
export { jsonPaths } from './json-paths.ts';
export { asFailure, KeptLists, type KeptListsParts } from './kept-lists.ts';
export { linkTo } from './link-header.ts';
export { type Complain, refuseHalfLogin } from './login.ts';
export { packed, unpacked } from './packing.ts';
export { pathsOf } from './path-formats.ts';
export { type Paths, refuseMistakes } from './paths.ts';
export { asItIs, type Values } from './places.ts';
export { findIn, textsOfError } from './reading.ts';
export {
  bodiesOf,
  checked,
  type FilledRequest,
  type RequestParts,
  RequestTemplate,
  requestShape,
  sendable,
  template,
} from './request-template.ts';
export { type Found, MOST_VALUES, type Named, type Search } from './searching.ts';
export { isMetBy, isPossible, type Sought, SoughtFields } from './sought.ts';
export { UrlTemplate } from './url-template.ts';
export { textFrom } from './values.ts';
