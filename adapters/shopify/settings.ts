/** What the schema of the settings cannot say by itself. */

/** The settings that depend on each other. */
export interface RelatedSettings {
  readonly accessToken?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly records: 'customers' | 'orders';
  readonly orders: number;
}

/** A mistake and the setting at which it stands. */
export interface SettingsMistake {
  readonly path: keyof RelatedSettings;
  readonly message: string;
}

/** The mistakes in settings that do not go together. */
export function settingsMistakes(values: RelatedSettings): readonly SettingsMistake[] {
  const { accessToken, clientId, clientSecret, records, orders } = values;
  const mistakes: SettingsMistake[] = [];
  if (accessToken === undefined && clientId === undefined && clientSecret === undefined) {
    mistakes.push({ path: 'accessToken', message: 'is missing; write it, or clientId and clientSecret' });
  }
  for (const path of ['clientId', 'clientSecret'] as const) {
    if (accessToken !== undefined && values[path] !== undefined) {
      mistakes.push({ path, message: 'stands beside accessToken; write only one of the two ways' });
    } else if (accessToken === undefined && values[path] === undefined && (clientId ?? clientSecret) !== undefined) {
      mistakes.push({ path, message: 'is missing; copy it from Settings of the app in the Dev Dashboard' });
    }
  }
  if (records === 'orders' && orders > 0) {
    mistakes.push({ path: 'orders', message: 'goes with records: customers only; remove it' });
  }
  return mistakes;
}
