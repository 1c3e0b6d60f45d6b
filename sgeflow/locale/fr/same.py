"""Wordings that are the same in French."""

# fmt: off
_SAME = (
    "affaire", "Arguments", "backoffice", "basic: {{user, password}}", "cache", "cause", "code",
    "codes", "communes", "condition", "direct", "documents", "expression",
    "flux", "formats", "homologation", "http {service}", "HTTP {status}, {kind}, {size}", "INSTANT",
    "kWh", "login", "mail {relay}", "nature", "Options", "point", "Point {point}", "points",
    "secrets", "service", "services", "sgeflow resume {run}", "stamped",
    'state: {{collection: accounts, key: "${{inputs.pointId}}"}}', "tests", "TLS", "verdict",
    "versions", "{count:,} {name}", "{end} ({code})", "{kwh:,.0f} kWh", "{kwh:,.2f} kWh",
    "{milliseconds:.0f} ms", "{seconds:.1f} s", "{seconds:g} s",
    "{seen} {broken}", "{share}, {day}",
)
# fmt: on
WORDS = {wording: wording for wording in _SAME}
