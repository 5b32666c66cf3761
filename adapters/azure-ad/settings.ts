/** What the schema of the settings cannot say by itself. */

/** The settings that say how a source signs in. */
export interface SignInSettings {
  readonly tenantId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly certificate?: string | undefined;
  readonly certificatePassword?: string | undefined;
  readonly credential?: 'managed-identity' | 'default' | undefined;
}

/** A mistake and the setting at which it stands. */
export interface SettingsMistake {
  readonly path: keyof SignInSettings;
  readonly message: string;
}

const WAYS = ['clientSecret', 'certificate', 'credential'] as const;

/** The mistakes in the settings for signing in. */
export function signInMistakes(values: SignInSettings): readonly SettingsMistake[] {
  const mistakes: SettingsMistake[] = [];
  const [way, another] = WAYS.filter((one) => values[one] !== undefined);
  if (way === undefined) {
    const message = 'is missing; write clientSecret, certificate, or credential: managed-identity';
    mistakes.push({ path: 'clientSecret', message });
  }
  if (way !== undefined && another !== undefined) {
    mistakes.push({ path: another, message: `stands beside ${way}; write only one of ${WAYS.join(', ')}` });
  }
  if (way !== 'credential') {
    for (const path of ['tenantId', 'clientId'] as const) {
      const message = 'is missing; copy it from the Overview of the app registration';
      if (values[path] === undefined) mistakes.push({ path, message });
    }
  }
  if (values.certificatePassword !== undefined && values.certificate === undefined) {
    mistakes.push({ path: 'certificatePassword', message: 'goes with certificate only' });
  }
  if (values.tenantId !== undefined && values.credential === 'managed-identity') {
    mistakes.push({
      path: 'tenantId',
      message: 'does not go with a managed identity, which has its tenant; leave it out',
    });
  }
  return mistakes;
}

/** What is wrong with a filter that is to stand in parentheses: it must not end them. */
export function filterMistake(filter: string): string | undefined {
  const withoutTexts = filter.replace(/'(?:[^']|'')*'/g, '');
  if (withoutTexts.includes("'")) return "has a text that does not end; a quote within a text is doubled: 'O''Brien'";
  let depth = 0;
  for (const character of withoutTexts) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 0) break;
  }
  return depth === 0 ? undefined : 'has parentheses that do not match';
}
