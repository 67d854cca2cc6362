/**
 * JSON for an attribute of a resource, on multiple lines: cdktf writes it as a heredoc when it synthesizes HCL. In a single line
 * with a reference it does not escape the quotes.
 */
export function jsonText(value: object): string {
  return JSON.stringify(value, null, 2);
}
