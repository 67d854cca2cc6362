/** Kinds of secrets with a known format, or after a name such as `password`. The patterns match the part to hide. */
export const SECRET_TEXTS: Readonly<Record<string, RegExp>> = {
  'private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  'access key id of AWS': /\b(AKIA|ASIA)[0-9A-Z]{16}\b/g,
  'token of GitHub, GitLab, Slack, npm, PyPI, Docker, Vault, DigitalOcean':
    /\b(gh[pousr]_\w{20,255}|github_pat_\w{20,255}|glpat-[\w-]{20,255}|xox[abprse]-[\w-]{10,255}|npm_\w{30,255}|pypi-[\w-]{40,400}|dckr_pat_[\w-]{20,255}|hv[sbr]\.[\w-]{20,255}|do[op]_v1_[0-9a-f]{40,255})/g,
  'key of Stripe, OpenAI, Anthropic, Google, SendGrid, Twilio':
    /\b((sk|rk)_(live|test)_\w{16,255}|whsec_\w{20,255}|sk-(proj|ant|svcacct|admin)-[\w-]{16,400}|sk-[A-Za-z0-9]{40,255}|AIza[\w-]{30,100}|SG\.[\w-]{16,100}\.[\w-]{16,100}|SK[0-9a-f]{32})/g,
  'JSON Web Token': /\beyJ[\w-]{10,4000}\.[\w-]{10,4000}\.[\w-]{5,4000}/g,
  'URL of a webhook, which is its password':
    /(?<=\bhooks\.slack\.com\/(services|workflows|triggers)\/|\bdiscord(app)?\.com\/api\/webhooks\/|\.webhook\.office\.com\/webhookb2\/|\bevents\.pagerduty\.com\/integration\/)[^\s"'<>]{8,400}/g,
  'user:password@ of a URL': /(?<=\w:\/\/)[^\s/:@]{1,100}:[^\s/@]{1,200}(?=@)/g,
  'name=value, in command lines, connection strings and JSON':
    /(?<=(password|passwd|pwd|passphrase|psk|secret|token|api[_-]?key|access_?key)\\?["']?\s{0,3}[=:]\s{0,3}\\?["']?)[^\s"'\\,;&]{4,400}/gi,
  'pass=value':
    /(?<=(?<!by|com|sur|under|over|tres)pass\\?["']?(\s?=\s?|["']\s?:\s?)\\?["']?)[^\s"'\\,;&]{4,400}/gi,
  'option and value: --password VALUE, "--token","VALUE"':
    /(?<=--?[\w-]{0,40}(password|passwd|pass|pwd|passphrase|secret|token|api-?key|access-?key)(["']?,\s?["']|\s{1,3}["']?))(?!arn:|-|\$|\{\{)[^\s"',;&]{4,400}/gi,
  '-pPASSWORD, as MySQL takes it':
    /(?<=(^|[\s"',[])-p)(?![\d:./-]+([\s"',\]]|$)|[a-z-]+([\s"',\]=:]|$)|\$)[^\s"',\]=:][^\s"',\]]{5,200}/g,
  'curl -u USER:PASSWORD':
    /(?<=\bcurl\b[^\n|;]{0,400}?(\s|["'])(-u|--user)[\s"',=]{0,4})[^\s"':]{1,100}:[^\s"',]{1,200}/g,
  'Authorization: Basic or Bearer VALUE':
    /(?<=\bAuthorization\\?["']?\s?[:=]\s?\\?["']?(Basic|Bearer|Token)\s)[^\s"'\\]{4,4000}/gi,
  'signature of a shared access of Azure': /(?<=(^|[?&\s"';])sig=)[\w%+/=-]{8,400}/g,
  'key of a connection string of Azure':
    /(?<=\b(AccountKey|SharedAccessKey|SharedSecretValue)=)[\w+/=]{16,400}/gi,
};
