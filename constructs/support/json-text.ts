/**
 * JSON for an attribute of a resource, over several lines: cdktf writes such a string as a heredoc when it synthesizes
 * HCL, while it does not escape the quotes of a single line that holds a reference.
 */
export function jsonText(value: object): string {
  return JSON.stringify(value, null, 2);
}
