/** What adapters of other people find behind `helpspot-gateway/kit/web`: sign-in, values by paths, kept lists. */
export {
  type Auth,
  type AuthSetting,
  authSetting,
  type Data,
  jsonPaths,
  KeptLists,
  type KeptListsParts,
  linkTo,
  listAt,
  openAuth,
  type Paths,
  pathsOf,
  textAt,
  valueAt,
} from './index.ts';
