/**
 * A number with its word: "1 record", "37 records".
 * @param several left out, the word with an `s`
 */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
