/** A kind of secret that is recognized in any text. */
export interface SecretText {
  readonly name: string;
  /** Matches the part to hide; global. */
  readonly pattern: RegExp;
}

/** Secrets with a known format, and secrets after a name such as `password`. */
export const SECRET_TEXTS: readonly SecretText[] = [
  {
    name: 'private key',
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  },
  { name: 'access key id of AWS', pattern: /\b(AKIA|ASIA)[0-9A-Z]{16}\b/g },
  {
    name: 'token of GitHub, GitLab, Slack, npm, PyPI, Docker, Vault, DigitalOcean',
    pattern:
      /\b(gh[pousr]_\w{20,255}|github_pat_\w{20,255}|glpat-[\w-]{20,255}|xox[abprse]-[\w-]{10,255}|npm_\w{30,255}|pypi-[\w-]{40,400}|dckr_pat_[\w-]{20,255}|hv[sbr]\.[\w-]{20,255}|do[op]_v1_[0-9a-f]{40,255})/g,
  },
  {
    name: 'key of Stripe, OpenAI, Anthropic, Google, SendGrid, Twilio',
    pattern:
      /\b((sk|rk)_(live|test)_\w{16,255}|whsec_\w{20,255}|sk-(proj|ant|svcacct|admin)-[\w-]{16,400}|sk-[A-Za-z0-9]{40,255}|AIza[\w-]{30,100}|SG\.[\w-]{16,100}\.[\w-]{16,100}|SK[0-9a-f]{32})/g,
  },
  { name: 'JSON Web Token', pattern: /\beyJ[\w-]{10,4000}\.[\w-]{10,4000}\.[\w-]{5,4000}/g },
  {
    name: 'URL of a webhook, which is its password',
    pattern:
      /(?<=\bhooks\.slack\.com\/(services|workflows|triggers)\/|\bdiscord(app)?\.com\/api\/webhooks\/|\.webhook\.office\.com\/webhookb2\/|\bevents\.pagerduty\.com\/integration\/)[^\s"'<>]{8,400}/g,
  },
  { name: 'user:password@ of a URL', pattern: /(?<=\w:\/\/)[^\s/:@]{1,100}:[^\s/@]{1,200}(?=@)/g },
  {
    name: 'name=value, in command lines, connection strings and JSON',
    pattern:
      /(?<=(password|passwd|pwd|passphrase|psk|secret|token|api[_-]?key|access_?key)\\?["']?\s{0,3}[=:]\s{0,3}\\?["']?)[^\s"'\\,;&]{4,400}/gi,
  },
  {
    name: 'pass=value',
    pattern:
      /(?<=(?<!by|com|sur|under|over|tres)pass\\?["']?(\s?=\s?|["']\s?:\s?)\\?["']?)[^\s"'\\,;&]{4,400}/gi,
  },
  {
    name: 'option and value: --password VALUE, "--token","VALUE"',
    pattern:
      /(?<=--?[\w-]{0,40}(password|passwd|pass|pwd|passphrase|secret|token|api-?key|access-?key)(["']?,\s?["']|\s{1,3}["']?))(?!arn:|-|\$|\{\{)[^\s"',;&]{4,400}/gi,
  },
  {
    name: '-pPASSWORD, as MySQL takes it',
    pattern:
      /(?<=(^|[\s"',[])-p)(?![\d:./-]+([\s"',\]]|$)|[a-z-]+([\s"',\]=:]|$)|\$)[^\s"',\]=:][^\s"',\]]{5,200}/g,
  },
  {
    name: 'curl -u USER:PASSWORD',
    pattern: /(?<=\bcurl\b[^\n|;]{0,400}?(\s|["'])(-u|--user)[\s"',=]{0,4})[^\s"':]{1,100}:[^\s"',]{1,200}/g,
  },
  {
    name: 'Authorization: Basic or Bearer VALUE',
    pattern: /(?<=\bAuthorization\\?["']?\s?[:=]\s?\\?["']?(Basic|Bearer|Token)\s)[^\s"'\\]{4,4000}/gi,
  },
  { name: 'signature of a shared access of Azure', pattern: /(?<=(^|[?&\s"';])sig=)[\w%+/=-]{8,400}/g },
  {
    name: 'key of a connection string of Azure',
    pattern: /(?<=\b(AccountKey|SharedAccessKey|SharedSecretValue)=)[\w+/=]{16,400}/gi,
  },
];
