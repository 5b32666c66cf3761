/** The texts of `--help`. */

export const liveLookupHelp = `Usage: livelookup [--lookup=NAME] [--config=FILE] <what HelpSpot adds>

Answers one HelpSpot Live Lookup: XML on standard output, the log on standard error.

  --lookup=NAME   which lookup of the configuration (default: default)
  --config=FILE   the configuration file (default: $GATEWAY_CONFIG, then the embedded one)
  --help          this text, when it is the only argument
  --version       the version, when it is the only argument

HelpSpot 5.3.0 and later adds named parameters:
  livelookup --customer_id=1001 --first_name=Bob --last_name=Jones --email --phone
HelpSpot before 5.3.0 adds positions, then the custom fields in ascending order of
their ids (commandLine.customFields in the configuration says which):
  livelookup 1001 Bob Jones '' ''

The exit status is 0 for an answer and 1 for a failure, which the XML says in words.
`;

export const gatewayHelp = `Usage: helpspot-gateway COMMAND [options]

Commands:
  serve     answer HelpSpot over HTTP until SIGTERM or SIGINT; SIGHUP reads the configuration again
  check     open every source and say which ones answer; exit status 1 when one does not
  schema    print the JSON Schema of the configuration, for editors

Options:
  --config=FILE   the configuration file (default: $GATEWAY_CONFIG, then the embedded one)
  --help          this text
  --version       the version
`;
