"""Numbers in Java's format, which Step Functions and Firehose's JSON SerDe use."""

from decimal import Decimal


def java_double(value: float) -> str:
    """Double.toString of a finite number: 0.5, but 1.0E7 and 1.0E-4."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    digits, _, exponent = f"{Decimal(repr(value)).normalize():E}".partition("E")
    return f"{digits if '.' in digits else f'{digits}.0'}E{int(exponent)}"
